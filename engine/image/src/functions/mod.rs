//! The functions of pictures, one file each.

mod frame;

use weft_core::Registry;

macro_rules! functions {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// Adds the functions of pictures.
        pub fn register(registry: &mut Registry) {
            let all: Vec<std::sync::Arc<dyn weft_core::ScalarFunction>> = vec![$(std::sync::Arc::new($name::Call)),*];
            registry.add_scalars(all);
        }
    };
}

functions!(convert_image crop decode_image encode_image image_height image_mode image_width resize);
