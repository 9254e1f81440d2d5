//! Names of time zones.

/// The names of the tz database, in order.
const NAMES: &str = include_str!("data/time-zones.txt");
/// The one that needs no area.
const UTC: &str = "UTC";

/// Every name that a time zone may be called by.
pub(crate) fn time_zones() -> impl Iterator<Item = &'static str> {
    let names = NAMES.lines().filter(|line| !line.starts_with('#'));
    names.chain([UTC])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_have_an_area() {
        let all: Vec<&str> = time_zones().collect();
        assert!(all.len() > 500, "{}", all.len());
        let (utc, names) = all.split_last().unwrap();
        assert_eq!(*utc, UTC);
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| name.contains('/')));
        assert!(names.contains(&"Pacific/Auckland"));
    }
}
