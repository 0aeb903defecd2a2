//! Captcha pictures, drawn with a small font of our own.

/// Width and height of a picture.
const SIZE: (usize, usize) = (260, 80);

/// Each dot of a letter is a square of so many pixels.
const DOT: usize = 5;
/// As many as have room side by side.
const LETTERS: usize = 7;

/// What a picture may show: nothing that can be taken for something else.
pub const ALPHABET: &[u8] = b"abcdefhkmnprtuwxy2345678";

/// Five columns by seven rows; bit 4 is the left column.
const GLYPHS: &[(u8, [u8; 7])] = &[
    (b'a', [0b00000, 0b00000, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111]),
    (b'b', [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b11110]),
    (b'c', [0b00000, 0b00000, 0b01111, 0b10000, 0b10000, 0b10000, 0b01111]),
    (b'd', [0b00001, 0b00001, 0b01111, 0b10001, 0b10001, 0b10001, 0b01111]),
    (b'e', [0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110]),
    (b'f', [0b00110, 0b01001, 0b01000, 0b11100, 0b01000, 0b01000, 0b01000]),
    (b'h', [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001]),
    (b'k', [0b10000, 0b10000, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010]),
    (b'm', [0b00000, 0b00000, 0b11010, 0b10101, 0b10101, 0b10101, 0b10101]),
    (b'n', [0b00000, 0b00000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001]),
    (b'p', [0b00000, 0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000]),
    (b'r', [0b00000, 0b00000, 0b10110, 0b11001, 0b10000, 0b10000, 0b10000]),
    (b't', [0b01000, 0b01000, 0b11110, 0b01000, 0b01000, 0b01001, 0b00110]),
    (b'u', [0b00000, 0b00000, 0b10001, 0b10001, 0b10001, 0b10011, 0b01101]),
    (b'w', [0b00000, 0b00000, 0b10001, 0b10001, 0b10101, 0b10101, 0b01010]),
    (b'x', [0b00000, 0b00000, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001]),
    (b'y', [0b00000, 0b10001, 0b10001, 0b01111, 0b00001, 0b10001, 0b01110]),
    (b'2', [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111]),
    (b'3', [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110]),
    (b'4', [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010]),
    (b'5', [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110]),
    (b'6', [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110]),
    (b'7', [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000]),
    (b'8', [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110]),
];

/// Whether a text fits into a picture.
pub fn shows(text: &str) -> bool {
    (1..=LETTERS).contains(&text.len()) && text.bytes().all(|letter| ALPHABET.contains(&letter))
}

/// A PNG that shows `text`, each letter at a height of its own.
pub fn draw(text: &str) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = SIZE;
    let mut pixels = vec![0xf0; width * height];
    for (place, letter) in text.bytes().enumerate() {
        let left = 10 + place * 35;
        let top = 12 + (usize::from(letter) * 7 + place * 11) % 24;
        let rows = GLYPHS.iter().find(|(glyph, _)| *glyph == letter).map(|(_, rows)| rows);
        for (row, bits) in rows.into_iter().flatten().enumerate() {
            for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                fill_dot(&mut pixels, left + column * DOT, top + row * DOT);
            }
        }
    }
    let mut file = Vec::new();
    // The picture's size is a constant far below the bounds of the format.
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

fn fill_dot(pixels: &mut [u8], left: usize, top: usize) {
    for row in top..top + DOT {
        let start = row * SIZE.0 + left;
        pixels[start..start + DOT].fill(0x20);
    }
}
