//! Variables, and what they make of texts: `${…}` replaced, numbers and booleans where the place wants such.

pub(super) mod casts;
pub(super) mod dotenv;
pub(super) mod interpolate;
mod put_in;
mod template;
pub(super) mod variables;
