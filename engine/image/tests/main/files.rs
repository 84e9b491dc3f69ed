//! Picture files: every format, and what is wrong with some.

use image::ImageFormat;
use weft_core::ErrorKind;
use weft_core::types::ImageMode;
use weft_image::{Picture, decode, dimensions};

use crate::sample::{bomb, file, gradient, in_mode};

const LOSSLESS: [ImageFormat; 5] = [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::WebP];

#[test]
fn every_format_gives_the_pixels_where_they_were() {
    for format in LOSSLESS {
        let picture = decode(&file(format)).unwrap().convert(ImageMode::RGB).unwrap();
        assert_eq!(picture, in_mode(ImageMode::RGB), "{format:?}");
    }
    // JPEG loses a little, but not the direction.
    let jpeg = decode(&file(ImageFormat::Jpeg)).unwrap();
    assert_eq!((jpeg.mode(), jpeg.width(), jpeg.height()), (ImageMode::RGB, 4, 3));
    let red = |x: usize, y: usize| jpeg.pixels()[(y * 4 + x) * 3];
    let green = |x: usize, y: usize| jpeg.pixels()[(y * 4 + x) * 3 + 1];
    assert!(red(3, 0) > red(0, 0) + 50 && green(0, 2) > green(0, 0) + 50, "{:?}", jpeg.pixels());
}

#[test]
fn headers_tell_the_size_without_the_pixels() {
    assert_eq!(dimensions(&file(ImageFormat::Jpeg)).unwrap(), (4, 3, ImageMode::RGB));
    assert_eq!(dimensions(&bomb(60_000, 60_000)).unwrap(), (60_000, 60_000, ImageMode::RGB));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_format() {
    let cases: [(&[u8], &str); 3] =
        [(b"", "an empty file is no picture"), (b"hello", "a file of an unknown format"), (b"\x89PNG\r\n\x1a\nxx", "PNG")];
    for (bytes, message) in cases {
        let error = decode(bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
        assert!(error.message().contains(message), "{error}");
    }
    for format in LOSSLESS.into_iter().chain([ImageFormat::Jpeg]) {
        let whole = file(format);
        for cut in [whole.len() / 4, whole.len() / 2] {
            assert!(decode(&whole[..cut]).is_err(), "{format:?} cut to {cut} of {}", whole.len());
        }
    }
    let mut jpeg = file(ImageFormat::Jpeg);
    jpeg[20..90].fill(0);
    assert!(decode(&jpeg).unwrap_err().message().contains("JPEG"));
}

#[test]
fn a_cut_off_jpeg_is_no_picture() {
    let whole = file(ImageFormat::Jpeg);
    for length in [whole.len() - 2, whole.len() - 10, whole.len() / 2] {
        let error = decode(&whole[..length]).unwrap_err();
        assert!(error.message().contains("JPEG"), "{length} of {} bytes: {error}", whole.len());
    }
    // What others append to a file does not matter.
    assert!(decode(&[&whole[..], b"trailing"].concat()).is_ok());
}

#[test]
fn bombs_are_refused_before_their_pixels_are_allocated() {
    let error = decode(&bomb(60_000, 60_000)).unwrap_err();
    assert!(error.message().contains("60000×60000 is too large"), "{error}");
    assert!(decode(&bomb(u32::MAX >> 1, u32::MAX >> 1)).is_err());
    assert!(gradient().resize(100_000, 100_000).unwrap_err().message().contains("too large"));
    assert!(gradient().resize(0, 5).is_err());
}

#[test]
fn all_modes_survive_conversion_and_resizing() {
    for mode in ImageMode::ALL {
        let picture = in_mode(mode);
        assert_eq!(picture.pixels().len(), 12 * mode.bytes_per_pixel(), "{mode}");
        let larger = picture.clone().resize(8, 6).unwrap();
        assert_eq!((larger.mode(), larger.width(), larger.height()), (mode, 8, 6));
        let png = decode(&picture.to_png().unwrap()).unwrap();
        assert_eq!((png.width(), png.height()), (4, 3), "{mode}");
        if mode.bytes_per_pixel() <= mode.channels() * 2 {
            assert_eq!(png, picture, "{mode}");
        }
        let back = picture.convert(ImageMode::RGBA).unwrap();
        if !matches!(mode, ImageMode::L | ImageMode::LA | ImageMode::L16 | ImageMode::LA16) {
            assert_eq!(back, gradient(), "{mode}");
        }
    }
}

#[test]
fn cropping_keeps_the_pixels_of_the_box() {
    let part = gradient().crop(1, 1, 2, 9).unwrap();
    assert_eq!((part.width(), part.height()), (2, 2));
    assert_eq!(part.pixels()[..8], [60, 100, 7, 255, 120, 100, 7, 255]);
    assert!(gradient().crop(4, 0, 1, 1).is_err());
}

#[test]
fn resizing_keeps_left_left_and_top_top() {
    let small = gradient().resize(2, 2).unwrap();
    let pixel = |i: usize| &small.pixels()[i * 4..][..4];
    assert!(pixel(0)[0] < pixel(1)[0] && pixel(0)[1] < pixel(2)[1], "{:?}", small.pixels());
    assert_eq!(pixel(3)[2..], [7, 255]);
}

#[test]
fn thumbnails_fit_and_never_grow() {
    let wide = Picture::new(ImageMode::L, 100, 10, vec![9; 1000]).unwrap();
    let small = wide.clone().thumbnail(50, 50).unwrap();
    assert_eq!((small.width(), small.height()), (50, 5));
    assert!(small.pixels().iter().all(|&p| p == 9));
    assert_eq!(wide.clone().thumbnail(500, 500).unwrap(), wide);
    let line = Picture::new(ImageMode::L, 1000, 1, vec![0; 1000]).unwrap().thumbnail(10, 10).unwrap();
    assert_eq!((line.width(), line.height()), (10, 1));
    assert!(Picture::new(ImageMode::RGB, 2, 2, vec![0; 11]).is_err());
}
