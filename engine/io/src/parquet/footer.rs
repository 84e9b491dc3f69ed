//! Footers: parsed once for each state of a file, kept for the session within a budget.

use std::collections::VecDeque;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, OnceLock};

use bytes::Bytes;
use parking_lot::Mutex;
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use weft_core::{Error, Result};

use super::schema::FileSchema;
use crate::local::{FileId, LocalFile};

/// Bytes that kept footers may take together.
const BUDGET: usize = 128 << 20;
/// Magic, length and magic: nothing shorter is Parquet.
const SHORTEST: u64 = 12;

/// What is known of a file without reading its data.
#[derive(Debug)]
pub(super) struct Footer {
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) schema: FileSchema,
    /// The same with the page index.
    indexed: OnceLock<Arc<ParquetMetaData>>,
}

impl Footer {
    /// The footer of `file`, parsed now unless it was before.
    pub(super) fn of(file: &LocalFile) -> Result<Arc<Footer>> {
        if let Some(footer) = KEPT.lock().get(&file.id) {
            return Ok(footer);
        }
        let footer = Arc::new(Footer::parse(file)?);
        KEPT.lock().put(file.id, Arc::clone(&footer));
        Ok(footer)
    }

    fn parse(file: &LocalFile) -> Result<Footer> {
        check_magic(file)?;
        // Encoding statistics in full: they tell how many pages a column chunk has where there is no page index.
        let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
        let reader =
            ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip).with_metadata_options(Some(options));
        let metadata = Arc::new(with_counted_rows(guarded(file, || reader.parse_and_finish(file))?));
        let schema = FileSchema::new(&metadata, &file.path)?;
        Ok(Footer { metadata, schema, indexed: OnceLock::new() })
    }

    /// The metadata with the page index, read on first use; without it where the file has none or a broken one.
    pub(super) fn with_page_index(&self, file: &LocalFile) -> Arc<ParquetMetaData> {
        let read = || {
            let mut reader = ParquetMetaDataReader::new_with_metadata((*self.metadata).clone())
                .with_page_index_policy(PageIndexPolicy::Optional);
            let read = guarded(file, || {
                reader.read_page_indexes(file)?;
                reader.finish()
            });
            read.map_or_else(|_| Arc::clone(&self.metadata), Arc::new)
        };
        Arc::clone(self.indexed.get_or_init(read))
    }
}

/// The metadata with the row groups' rows as the file's. Some writers leave the file's own count at zero, and the decoder
/// makes no batch longer than that: the rows would be lost without a word.
fn with_counted_rows(metadata: ParquetMetaData) -> ParquetMetaData {
    let rows = metadata.row_groups().iter().map(|g| g.num_rows()).fold(0, i64::saturating_add);
    let said = metadata.file_metadata();
    if said.num_rows() == rows {
        return metadata;
    }
    let counted = FileMetaData::new(
        said.version(),
        rows,
        said.created_by().map(str::to_owned),
        said.key_value_metadata().cloned(),
        said.schema_descr_ptr(),
        said.column_orders().cloned(),
    );
    let groups = metadata.row_groups().to_vec();
    ParquetMetaData::new(counted, groups)
}

/// Runs a part of the Parquet crate: its errors name the file, and a panic on a damaged file is such an error too.
pub(super) fn guarded<T>(file: &LocalFile, run: impl FnOnce() -> parquet::errors::Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(|e| failed(&file.path, e)),
        Err(_) => Err(Error::format(format!("`{}` is damaged: the Parquet decoder gave up", file.path))),
    }
}

/// An error of the Parquet crate with the file's name.
pub(super) fn failed(path: &str, error: ParquetError) -> Error {
    match error {
        ParquetError::NYI(what) => Error::unsupported(format!("`{path}` needs what cannot be read yet: {what}")),
        ParquetError::External(inner) => match inner.downcast::<Error>() {
            Ok(error) => *error,
            Err(other) => Error::format(format!("`{path}` cannot be read: {other}")),
        },
        ParquetError::General(what) if what.contains("encrypt") => encrypted(path),
        other => Error::format(format!("`{path}` cannot be read as Parquet: {other}")),
    }
}

fn encrypted(path: &str) -> Error {
    Error::unsupported(format!("`{path}` is encrypted; encrypted Parquet cannot be read yet"))
}

fn check_magic(file: &LocalFile) -> Result<()> {
    let path = &file.path;
    if file.id.size == 0 {
        return Err(Error::format(format!("`{path}` is empty: not even a Parquet footer is in it")));
    }
    let (mut first, mut last) = ([0; 4], [0; 4]);
    if file.id.size >= SHORTEST {
        file.read_exact_at(&mut first, 0)?;
        file.read_exact_at(&mut last, file.id.size - 4)?;
    }
    match (&first, &last) {
        (b"PAR1", b"PAR1") => Ok(()),
        (_, b"PARE") => Err(encrypted(path)),
        (b"PAR1", _) => Err(Error::format(format!("`{path}` is truncated: it begins as Parquet but has no footer"))
            .with_help("copy or write the file again")),
        _ => Err(Error::format(format!("`{path}` is no Parquet file"))),
    }
}

/// The footers of the session, least recently put ones dropped first.
struct Kept {
    entries: VecDeque<(FileId, Arc<Footer>)>,
    bytes: usize,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(|| Mutex::new(Kept { entries: VecDeque::new(), bytes: 0 }));

impl Kept {
    fn get(&self, id: &FileId) -> Option<Arc<Footer>> {
        self.entries.iter().find(|(kept, _)| kept == id).map(|(_, footer)| Arc::clone(footer))
    }

    fn put(&mut self, id: FileId, footer: Arc<Footer>) {
        self.bytes += footer.metadata.memory_size();
        self.entries.push_back((id, footer));
        while self.bytes > BUDGET
            && let Some((_, dropped)) = self.entries.pop_front()
        {
            self.bytes -= dropped.metadata.memory_size();
        }
    }
}

/// Reads on from a position, for the parts of the Parquet crate that want a stream.
pub(crate) struct ReadFrom {
    file: LocalFile,
    offset: u64,
}

impl Read for ReadFrom {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

impl Length for LocalFile {
    fn len(&self) -> u64 {
        self.id.size
    }
}

impl ChunkReader for LocalFile {
    type T = ReadFrom;

    fn get_read(&self, start: u64) -> parquet::errors::Result<ReadFrom> {
        Ok(ReadFrom { file: self.clone(), offset: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.bytes(start, length as u64).map_err(|e| ParquetError::External(Box::new(e)))
    }
}
