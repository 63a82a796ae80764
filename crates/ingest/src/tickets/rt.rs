//! Not read yet.

use kompel_model::Reading;

use crate::{Error, Input, Options, formats::Sample};

pub(crate) fn recognise(_sample: &Sample) -> bool {
    false
}

pub(crate) fn read(input: &Input, _options: &Options<'_>) -> Result<Reading, Error> {
    Err(Error::Empty { file: input.name().to_owned() })
}
