//! Build rows on disk, in parts that are loaded one by one.

use std::sync::Arc;

use weft_core::{ErrorKind, Reservation, Result};

use super::build::linked_bytes;
use super::{JoinBuild, JoinBuilder, JoinSpec, JoinTable};
use crate::rows::{DEEPEST, Numbers, Pieces, RowStore, SpilledRows, digits, fits};
use crate::work::Work;

/// What a row takes in a table besides itself: slots, which may be four times as many, and room to link them.
const ROW_BYTES: usize = 40;

/// The build rows of a join on disk, in parts of consecutive first digits.
#[derive(Debug)]
pub struct SpilledBuild {
    spec: Arc<JoinSpec>,
    /// The part of each first digit.
    part_of: Vec<u16>,
    parts: Vec<BuildPart>,
}

/// Build rows whose keys meet in no other part.
#[derive(Debug, Default)]
pub struct BuildPart {
    /// By how many digits its rows were separated from others.
    depth: usize,
    pieces: Vec<Pieces>,
    bytes: usize,
}

/// What becomes of a part.
#[derive(Debug)]
pub enum Loaded {
    /// Its table.
    Table(Arc<JoinTable>),
    /// It did not fit: a part for each digit of the next level, by which probe rows are to be separated too.
    Apart(Vec<BuildPart>),
}

impl SpilledBuild {
    /// What builders wrote to disk (which must be all), in parts whose tables take about `bytes` bytes.
    pub fn new(spec: &Arc<JoinSpec>, builders: Vec<JoinBuilder>, bytes: usize) -> Self {
        let mut single: Vec<BuildPart> = (0..digits(0)).map(|_| BuildPart { depth: 1, ..BuildPart::default() }).collect();
        for builder in builders {
            for (part, pieces) in single.iter_mut().zip(builder.into_pieces()) {
                part.add(pieces);
            }
        }
        let (mut parts, mut part_of) = (Vec::<BuildPart>::new(), Vec::with_capacity(single.len()));
        for digit in single {
            match parts.last_mut() {
                Some(last) if last.bytes + digit.bytes <= bytes => {
                    last.bytes += digit.bytes;
                    last.pieces.extend(digit.pieces);
                }
                _ => parts.push(digit),
            }
            part_of.push(parts.len() as u16 - 1);
        }
        SpilledBuild { spec: Arc::clone(spec), part_of, parts }
    }

    /// What the join is built of.
    pub fn spec(&self) -> &Arc<JoinSpec> {
        &self.spec
    }

    /// The part of each digit of level 0.
    pub fn part_of(&self) -> &[u16] {
        &self.part_of
    }

    /// The parts.
    pub fn into_parts(self) -> Vec<BuildPart> {
        self.parts
    }
}

impl BuildPart {
    fn add(&mut self, pieces: Pieces) {
        self.bytes += pieces.pieces.iter().map(|piece| piece.bytes() + ROW_BYTES * piece.rows()).sum::<usize>();
        if !pieces.pieces.is_empty() {
            self.pieces.push(pieces);
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The level of the digit that would separate its rows next.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Reads the rows back into a table, or separates them where they do not fit.
    ///
    /// # Errors
    /// When the memory limit refuses although nothing can be separated any more, naming the operator; when the disk
    /// fails or the query was cancelled.
    pub fn load(self, spec: &Arc<JoinSpec>, reservation: &Reservation, work: &Work) -> Result<Loaded> {
        let reservation = reservation.another();
        let empty = || RowStore::new(Arc::clone(&spec.layout), &reservation, Numbers::default());
        let can = self.depth < DEEPEST && work.can_spill();
        let short = |store: &RowStore, bytes: usize| {
            can && store.rows() > 0 && (reservation.should_spill_again(self.depth) || !fits(&reservation, bytes))
        };
        let mut store = empty();
        let mut apart: Option<SpilledRows> = None;
        let mut separate = |store: &mut RowStore| -> Result<()> {
            let spilled = match &mut apart {
                Some(spilled) => spilled,
                none => none.insert(SpilledRows::new(work, reservation.name(), &spec.layout, self.depth)?),
            };
            spilled.write(std::mem::replace(store, empty()), &|_, _, _, _| Ok(()), &work.cancel)
        };
        let mut separated = false;
        for Pieces { file, pieces } in &self.pieces {
            for piece in pieces {
                work.cancel.check()?;
                // Others may take at once what is there now, so what the copy takes is claimed before.
                let read = |store: &mut RowStore| {
                    let growth = store.growth(piece.rows());
                    store.claim(growth).and_then(|()| piece.read(file, &spec.layout, &reservation))
                };
                let fits = !short(&store, 2 * piece.bytes() + store.growth(piece.rows()));
                let segment = match fits.then(|| read(&mut store)) {
                    Some(Err(error)) if error.kind() != ErrorKind::Memory || !can || store.rows() == 0 => return Err(error),
                    Some(Ok(segment)) => segment,
                    _ => {
                        separate(&mut store)?;
                        separated = true;
                        read(&mut store)?
                    }
                };
                segment.append_to(&mut store)?;
                store.unclaim();
            }
        }
        let slots = 2 * linked_bytes(store.rows());
        if separated || short(&store, slots) {
            separate(&mut store)?;
        }
        let Some(apart) = apart else { return table(spec, store, &reservation, work).map(Loaded::Table) };
        let part = |pieces| {
            let mut part = BuildPart { depth: self.depth + 1, ..BuildPart::default() };
            part.add(pieces);
            part
        };
        Ok(Loaded::Apart(apart.finish().into_iter().map(part).collect()))
    }
}

fn table(spec: &Arc<JoinSpec>, store: RowStore, reservation: &Reservation, work: &Work) -> Result<Arc<JoinTable>> {
    // Probe rows refer to it until it is dropped.
    reservation.pin();
    let build = JoinBuild::of_store(spec, store, reservation);
    for partition in 0..build.partitions() {
        build.build(partition, &work.cancel)?;
    }
    Ok(Arc::new(build.finish()?))
}
