eks_version = "1.33"
db_password_indexd = "MUST-NOT-BE-SHOWN-4"
