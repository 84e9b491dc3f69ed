//! Integers of all widths: operations that say whether they wrapped.

use std::fmt::Display;

/// An integer. Each operation gives the wrapped result and whether it wrapped.
pub trait Integer: Copy + Default + Display + Eq {
    /// `self + other`
    fn plus(self, other: Self) -> (Self, bool);
    /// `self - other`
    fn minus(self, other: Self) -> (Self, bool);
    /// `self * other`
    fn times(self, other: Self) -> (Self, bool);
    /// `-self`
    fn negated(self) -> (Self, bool);
    /// The quotient rounded down, and whether it wrapped. `other` must not be zero.
    fn floor_quotient(self, other: Self) -> (Self, bool);
    /// What is left after [`Integer::floor_quotient`]: has the sign of `other`, which must not be zero.
    fn floor_rest(self, other: Self) -> Self;
    /// `self` to the power of `exponent`.
    fn raised(self, exponent: u32) -> (Self, bool);
}

macro_rules! integer {
    ($($t:ty),*) => {$(
        impl Integer for $t {
            fn plus(self, other: Self) -> (Self, bool) {
                self.overflowing_add(other)
            }

            fn minus(self, other: Self) -> (Self, bool) {
                self.overflowing_sub(other)
            }

            fn times(self, other: Self) -> (Self, bool) {
                self.overflowing_mul(other)
            }

            fn negated(self) -> (Self, bool) {
                self.overflowing_neg()
            }

            #[allow(unused_comparisons)] // the same text serves unsigned widths
            fn floor_quotient(self, other: Self) -> (Self, bool) {
                let (quotient, wrapped) = self.overflowing_div(other);
                let rest = self.wrapping_rem(other);
                let down = rest != 0 && ((rest < 0) != (other < 0));
                (if down { quotient - 1 } else { quotient }, wrapped)
            }

            #[allow(unused_comparisons)] // the same text serves unsigned widths
            fn floor_rest(self, other: Self) -> Self {
                let rest = self.wrapping_rem(other);
                if rest != 0 && ((rest < 0) != (other < 0)) { rest + other } else { rest }
            }

            fn raised(self, exponent: u32) -> (Self, bool) {
                self.overflowing_pow(exponent)
            }
        }
    )*};
}

integer!(i8, i16, i32, i64, i128, u8, u16, u32, u64);
