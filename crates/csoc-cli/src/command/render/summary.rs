//! What a render did, for people: a table of objects, what is pending and why, and where to look next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use csoc_core::{BackendName, RenderOptions, Rendering};

use crate::table::{Table, count};

/// How many kept files are listed.
const SHOWN: usize = 20;

pub(super) fn text(rendering: &Rendering, options: &RenderOptions, secrets: usize) -> String {
    let mut text = objects(rendering);
    text.push_str(&pending(rendering));
    text.push_str(&kept(rendering));
    if rendering.report.has_failures() && !rendering.written {
        let errors = count(rendering.report.summary().errors, "error");
        let _ = writeln!(text, "nothing was written: {errors}");
        return text;
    }
    let waiting = rendering.pending.len();
    let _ = writeln!(
        text,
        "{}{} added, {} changed, {} removed, {} unchanged, {} kept, {waiting} pending",
        if options.dry_run { "would be: " } else { "" },
        rendering.added.len(),
        rendering.changed.len(),
        rendering.removed.len(),
        rendering.unchanged,
        rendering.kept.len(),
    );
    if secrets > 0 {
        let _ = writeln!(
            text,
            "{} must exist: `csoc secrets list` says who fills each",
            count(secrets, "secret")
        );
    }
    if rendering.written {
        text.push_str(&next(options));
    }
    text
}

/// A row for each object.
fn objects(rendering: &Rendering) -> String {
    if rendering.objects.is_empty() {
        return String::new();
    }
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &rendering.pending {
        *waiting.entry(&file.object).or_default() += 1;
    }
    // Few fleets have spokes of gen3-kro.
    let has_spokes = rendering
        .objects
        .values()
        .any(|backends| backends.contains_key(&BackendName::Kro));
    let mut table = if has_spokes {
        Table::new(["object", "terraform", "helm", "argocd", "kro", "pending"])
    } else {
        Table::new(["object", "terraform", "helm", "argocd", "pending"])
    };
    for (object, backends) in &rendering.objects {
        let files = |backend| match backends.get(&backend) {
            Some(files) => files.to_string(),
            None => "-".to_owned(),
        };
        let pending = waiting
            .get(object.as_str())
            .map_or_else(|| "-".to_owned(), usize::to_string);
        let [terraform, helm, argocd] = [
            BackendName::Terraform,
            BackendName::Helm,
            BackendName::Argocd,
        ]
        .map(files);
        let object = object.clone();
        if has_spokes {
            let kro = files(BackendName::Kro);
            table.row([object, terraform, helm, argocd, kro, pending]);
        } else {
            table.row([object, terraform, helm, argocd, pending]);
        }
    }
    format!("{}\n", table.text(""))
}

/// What is waited for, by the stack that must run first.
fn pending(rendering: &Rendering) -> String {
    let mut stacks: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for file in &rendering.pending {
        for output in &file.outputs {
            let (stack, name) = output.split_once('#').unwrap_or((output, ""));
            stacks
                .entry(stack)
                .or_default()
                .entry(name)
                .or_default()
                .insert(&file.object);
        }
    }
    if stacks.is_empty() {
        return String::new();
    }
    let mut text =
        "pending until these stacks have run and their outputs are recorded:\n".to_owned();
    for (stack, outputs) in stacks {
        let _ = writeln!(text, "  {stack}");
        for (output, objects) in outputs {
            let objects: Vec<&str> = objects.into_iter().collect();
            let _ = match objects[..] {
                [one] => writeln!(text, "    {output}  for {one}"),
                _ => writeln!(text, "    {output}  for {} objects", objects.len()),
            };
        }
    }
    text.push('\n');
    text
}

/// What was left alone, and why.
fn kept(rendering: &Rendering) -> String {
    if rendering.kept.is_empty() {
        return String::new();
    }
    let mut text = "kept as they are; `--force PATH` overwrites:\n".to_owned();
    for (path, reason) in rendering.kept.iter().take(SHOWN) {
        let _ = writeln!(text, "  {path}  ({reason})");
    }
    if rendering.kept.len() > SHOWN {
        let _ = writeln!(text, "  and {} more", rendering.kept.len() - SHOWN);
    }
    text.push('\n');
    text
}

fn next(options: &RenderOptions) -> String {
    let root = |own: &Option<camino::Utf8PathBuf>, name| {
        own.clone().unwrap_or_else(|| options.out.join(name))
    };
    let readme = root(&options.terraform, "terraform").join("README.md");
    let gitops = root(&options.gitops, "gitops");
    if readme.is_file() {
        format!("next: {readme} says what to apply first; {gitops} is the repository for Argo CD\n")
    } else {
        String::new()
    }
}
