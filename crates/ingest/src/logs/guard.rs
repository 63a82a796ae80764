//! Calls into `process_mining`'s OCEL importers, which panic on some malformed files.
//!
//! What is known to make them panic, or to cost them time without end, is refused before they see
//! it; the rest is caught.

use std::panic::{AssertUnwindSafe, catch_unwind};

use process_mining::core::event_data::timestamp_utils::parse_timestamp;
use quick_xml::{Reader, events::BytesStart, events::Event as Xml};

/// The most attributes of one element. OCEL and XES know a handful; quick-xml before 0.41, on which
/// `process_mining` is built, compares each with every other (RUSTSEC-2026-0194, -0195).
const MOST_ATTRIBUTES: usize = 100;

/// What `import` gives, or `None` if it panicked: its inputs are borrowed bytes, and what it was
/// building is dropped, so nothing half-made is seen.
pub(super) fn guarded<T>(import: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(import)).ok()
}

/// True if every text among the objects and events is the value of an attribute that has a name
/// and, of an object, a time: the XML importer takes other texts for the value of an attribute
/// that is not there. False, too, of an element with more attributes than any log has.
pub(super) fn has_sound_texts(xml: &[u8]) -> bool {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().trim_text(true);
    let mut open: Vec<Element> = Vec::new();
    let mut section = Element::Other;
    loop {
        match reader.read_event() {
            Ok(Xml::Start(tag) | Xml::Empty(tag)) if is_crowded(&tag) => return false,
            Ok(Xml::Start(tag)) => {
                let element = Element::of(&tag, section);
                if section == Element::Other && element.is_section() {
                    section = element;
                }
                open.push(element);
            }
            Ok(Xml::End(_)) => {
                if open.pop().is_some_and(|left| left == section) {
                    section = Element::Other;
                }
            }
            Ok(Xml::Text(_)) if section.is_section() => {
                if open.last() != Some(&Element::Attribute) {
                    return false;
                }
            }
            Ok(Xml::Eof) | Err(_) => return true,
            Ok(_) => {}
        }
    }
}

/// What an element is to the importer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// The list of objects.
    Objects,
    /// The list of events.
    Events,
    /// An attribute that the importer can give a value.
    Attribute,
    /// Anything else.
    Other,
}

impl Element {
    fn of(tag: &BytesStart<'_>, section: Self) -> Self {
        match (tag.name().as_ref(), section) {
            (b"objects", Self::Other) => Self::Objects,
            (b"events", Self::Other) => Self::Events,
            (b"attribute", Self::Objects) if states(tag, "name") && has_time(tag) => {
                Self::Attribute
            }
            (b"attribute", Self::Events) if states(tag, "name") => Self::Attribute,
            _ => Self::Other,
        }
    }

    fn is_section(self) -> bool {
        matches!(self, Self::Objects | Self::Events)
    }
}

fn is_crowded(tag: &BytesStart<'_>) -> bool {
    tag.attributes().with_checks(false).nth(MOST_ATTRIBUTES).is_some()
}

fn states(tag: &BytesStart<'_>, name: &str) -> bool {
    matches!(tag.try_get_attribute(name), Ok(Some(_)))
}

fn has_time(tag: &BytesStart<'_>) -> bool {
    let Ok(Some(time)) = tag.try_get_attribute("time") else { return false };
    time.unescape_value().is_ok_and(|text| parse_timestamp(&text, None, false).is_ok())
}
