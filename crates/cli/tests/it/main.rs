//! The real binary on small inputs: what it prints, keeps, refuses, and never shows.

#[cfg(test)]
mod company;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod deleting;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod emergency;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod form;
#[cfg(test)]
mod hunts;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod leavers;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod running;
#[cfg(test)]
mod trust;
#[cfg(test)]
#[path = "../../../../tests/it/webdriver.rs"]
#[expect(dead_code, reason = "one browser for all tests; these here need less of it")]
mod webdriver;
#[cfg(test)]
mod wires;
#[cfg(test)]
mod wishes;
#[cfg(test)]
mod wording;
