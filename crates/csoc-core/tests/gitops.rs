//! link-leaves-tree tree-kind-unread
