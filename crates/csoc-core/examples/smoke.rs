//! smoke
fn main() {
    match csoc_core::Fleet::load(
        std::env::args().nth(1).unwrap(),
        &csoc_core::Context::default(),
    ) {
        Ok(f) => println!("{f:?} {:?}", f.environments().next()),
        Err(csoc_core::FleetError::Invalid(r)) => {
            for d in &r {
                println!("{d:#?}");
            }
        }
        Err(e) => println!("{e}"),
    }
}
