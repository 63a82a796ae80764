//! The reports as their readers get them: on one page, the same bytes each time, in both
//! languages, and with foreign text shown as text.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod html;
#[cfg(test)]
mod leavers;
#[cfg(test)]
mod maps;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod pdf;
#[cfg(test)]
mod pitches;
#[cfg(test)]
mod sample;
