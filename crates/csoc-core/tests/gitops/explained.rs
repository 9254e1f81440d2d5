/// Known defects that are not found at that place, and why.
const MISSED: &[(&str, &str, &str)] = &[
    (
        "empty-role",
        "unfunded/diseasedatahub.org/values/values.yaml:82",
        "hatchery.yaml switches hatchery on after values.yaml did, in the Application's order: it is found there",
    ),
    (
        "shared-secret",
        "kidsfirst-kfqa2/gen3qa.kidsfirstdrc.org:0",
        "the other deployment that reads it is not in the part of the fleet that is at hand",
    ),
];

/// Errors that the list of known defects does not have, and why they are none the less.
const FURTHER: &[(&str, &str, &str)] = &[
    (
        "values-file-missing",
        "brhprod/brh.data-commons.org/templates/app.yaml:17",
        "the values of brhprod are not in the part of the fleet that is at hand",
    ),
    (
        "values-file-missing",
        "brhprod/brhstaging.data-commons.org/templates/app.yaml:17",
        "the values of brhprod are not in the part of the fleet that is at hand",
    ),
    (
        "role-name-missing",
        "unfunded/diseasedatahub.org/values/hatchery.yaml:2",
        "known as empty-role of values.yaml:82; the file that wins is shown",
    ),
];
