//! Channels and depth of a picture.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Channels and depth of a picture's pixels, stored row by row, channels interleaved, native byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum ImageMode {
    /// Grey, 8 bits.
    L = 1,
    /// Grey and alpha, 8 bits.
    LA = 2,
    /// Colour, 8 bits.
    RGB = 3,
    /// Colour and alpha, 8 bits.
    RGBA = 4,
    /// Grey, 16 bits.
    L16 = 5,
    /// Grey and alpha, 16 bits.
    LA16 = 6,
    /// Colour, 16 bits.
    RGB16 = 7,
    /// Colour and alpha, 16 bits.
    RGBA16 = 8,
    /// Colour, 32-bit floats.
    RGB32F = 9,
    /// Colour and alpha, 32-bit floats.
    RGBA32F = 10,
}

impl ImageMode {
    /// All modes.
    pub const ALL: [ImageMode; 10] = [
        ImageMode::L,
        ImageMode::LA,
        ImageMode::RGB,
        ImageMode::RGBA,
        ImageMode::L16,
        ImageMode::LA16,
        ImageMode::RGB16,
        ImageMode::RGBA16,
        ImageMode::RGB32F,
        ImageMode::RGBA32F,
    ];

    /// The mode stored as `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|m| *m as u8 == code)
    }

    /// Channels of a pixel.
    pub fn channels(self) -> usize {
        match self {
            ImageMode::L | ImageMode::L16 => 1,
            ImageMode::LA | ImageMode::LA16 => 2,
            ImageMode::RGB | ImageMode::RGB16 | ImageMode::RGB32F => 3,
            ImageMode::RGBA | ImageMode::RGBA16 | ImageMode::RGBA32F => 4,
        }
    }

    /// Bytes of a pixel.
    pub fn bytes_per_pixel(self) -> usize {
        let depth = match self {
            ImageMode::L | ImageMode::LA | ImageMode::RGB | ImageMode::RGBA => 1,
            ImageMode::L16 | ImageMode::LA16 | ImageMode::RGB16 | ImageMode::RGBA16 => 2,
            ImageMode::RGB32F | ImageMode::RGBA32F => 4,
        };
        self.channels() * depth
    }

    /// The name as the language writes it.
    pub fn name(self) -> &'static str {
        match self {
            ImageMode::L => "L",
            ImageMode::LA => "LA",
            ImageMode::RGB => "RGB",
            ImageMode::RGBA => "RGBA",
            ImageMode::L16 => "L16",
            ImageMode::LA16 => "LA16",
            ImageMode::RGB16 => "RGB16",
            ImageMode::RGBA16 => "RGBA16",
            ImageMode::RGB32F => "RGB32F",
            ImageMode::RGBA32F => "RGBA32F",
        }
    }
}

impl fmt::Display for ImageMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ImageMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(text)).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|m| m.name()).collect();
            Error::argument(format!("`{text}` is no image mode")).with_help(format!("modes are {}", all.join(", ")))
        })
    }
}
