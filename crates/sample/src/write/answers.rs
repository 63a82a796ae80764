//! Answers as a form tool exports them, with Dutch headers.

use std::io::Write;

use super::Error;
use crate::world::World;

impl World {
    /// Writes the answers; the first data row is answer 1.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn answers_csv(&self, out: impl Write) -> Result<(), Error> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record([
            "Tijdstempel",
            "Naam",
            "Wat is het saaiste klusje dat je altijd moet doen voor je naar huis mag?",
            "Hoe vaak?",
            "Hoe lang duurt het?",
        ])?;
        for answer in &self.answers {
            csv.write_record([
                &answer.at.format("%d/%m/%Y %H:%M:%S").to_string(),
                &self.setting.cast.people[answer.by].name,
                &answer.what,
                &answer.how_often,
                &answer.how_long,
            ])?;
        }
        Ok(csv.flush()?)
    }
}
