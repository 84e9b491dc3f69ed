//! The eight tables: columns, sizes, and what a generated row holds.

use std::sync::LazyLock;

use tpchgen::distribution::Distributions;
use tpchgen::generators::*;
use tpchgen::text::TextPool;
use weft_core::source::{ChunkReader, Estimate, ScanRequest};

use super::rows::Kind::{self, *};
use super::rows::Rows;
use crate::chunks::IterReader;

/// One of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Customer,
    Lineitem,
    Nation,
    Orders,
    Part,
    Partsupp,
    Region,
    Supplier,
}

pub(super) const ALL: [Table; 8] = [
    Table::Customer,
    Table::Lineitem,
    Table::Nation,
    Table::Orders,
    Table::Part,
    Table::Partsupp,
    Table::Region,
    Table::Supplier,
];

/// Lines of an order, at least and about, and rows a supplier has for each part.
const LINES_LEAST: u64 = 1;
const LINES_MOST: u64 = 7;
const LINES_AT_SCALE_1: f64 = 6_001_215.0;
const SUPPLIERS_PER_PART: u64 = 4;

/// Comments are cut from 300 MB of text, made on first use; where none is wanted this little does.
static LITTLE_TEXT: LazyLock<TextPool> = LazyLock::new(|| TextPool::new(1 << 20, Distributions::static_default()));

impl Table {
    pub(super) fn named(name: &str) -> Option<Table> {
        ALL.into_iter().find(|t| t.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Customer => "customer",
            Table::Lineitem => "lineitem",
            Table::Nation => "nation",
            Table::Orders => "orders",
            Table::Part => "part",
            Table::Partsupp => "partsupp",
            Table::Region => "region",
            Table::Supplier => "supplier",
        }
    }

    pub(super) fn columns(self) -> &'static [(&'static str, Kind)] {
        match self {
            Table::Customer => &[
                ("c_custkey", Key),
                ("c_name", Text),
                ("c_address", Text),
                ("c_nationkey", Key),
                ("c_phone", Text),
                ("c_acctbal", Money),
                ("c_mktsegment", Text),
                ("c_comment", Text),
            ],
            Table::Lineitem => &[
                ("l_orderkey", Key),
                ("l_partkey", Key),
                ("l_suppkey", Key),
                ("l_linenumber", Int),
                ("l_quantity", Money),
                ("l_extendedprice", Money),
                ("l_discount", Money),
                ("l_tax", Money),
                ("l_returnflag", Text),
                ("l_linestatus", Text),
                ("l_shipdate", Day),
                ("l_commitdate", Day),
                ("l_receiptdate", Day),
                ("l_shipinstruct", Text),
                ("l_shipmode", Text),
                ("l_comment", Text),
            ],
            Table::Nation => &[("n_nationkey", Key), ("n_name", Text), ("n_regionkey", Key), ("n_comment", Text)],
            Table::Orders => &[
                ("o_orderkey", Key),
                ("o_custkey", Key),
                ("o_orderstatus", Text),
                ("o_totalprice", Money),
                ("o_orderdate", Day),
                ("o_orderpriority", Text),
                ("o_clerk", Text),
                ("o_shippriority", Int),
                ("o_comment", Text),
            ],
            Table::Part => &[
                ("p_partkey", Key),
                ("p_name", Text),
                ("p_mfgr", Text),
                ("p_brand", Text),
                ("p_type", Text),
                ("p_size", Int),
                ("p_container", Text),
                ("p_retailprice", Money),
                ("p_comment", Text),
            ],
            Table::Partsupp => {
                &[("ps_partkey", Key), ("ps_suppkey", Key), ("ps_availqty", Int), ("ps_supplycost", Money), ("ps_comment", Text)]
            }
            Table::Region => &[("r_regionkey", Key), ("r_name", Text), ("r_comment", Text)],
            Table::Supplier => &[
                ("s_suppkey", Key),
                ("s_name", Text),
                ("s_address", Text),
                ("s_nationkey", Key),
                ("s_phone", Text),
                ("s_acctbal", Money),
                ("s_comment", Text),
            ],
        }
    }

    /// Units that parts divide: orders for lineitem, parts for partsupp, else rows.
    fn units(self, scale: f64, part: i32, parts: i32) -> u64 {
        let units = match self {
            Table::Customer => CustomerGenerator::calculate_row_count(scale, part, parts),
            Table::Lineitem | Table::Orders => OrderGenerator::calculate_row_count(scale, part, parts),
            Table::Part | Table::Partsupp => PartGenerator::calculate_row_count(scale, part, parts),
            Table::Supplier => SupplierGenerator::calculate_row_count(scale, part, parts),
            Table::Nation => 25,
            Table::Region => 5,
        };
        u64::try_from(units).unwrap_or(0)
    }

    pub(super) fn rows(self, scale: f64) -> Estimate {
        match self {
            Table::Lineitem => Estimate::About((LINES_AT_SCALE_1 * scale) as u64),
            _ => Estimate::Exact(self.least_rows(scale, 1, 1)),
        }
    }

    /// Rows of a part, for lineitem at least.
    pub(super) fn least_rows(self, scale: f64, part: i32, parts: i32) -> u64 {
        let units = self.units(scale, part, parts);
        match self {
            Table::Lineitem => units * LINES_LEAST,
            Table::Partsupp => units * SUPPLIERS_PER_PART,
            _ => units,
        }
    }

    /// How many parts have at most `task_rows` rows each.
    pub(super) fn parts(self, scale: f64, task_rows: usize) -> i32 {
        let most = match self {
            Table::Nation | Table::Region => return 1,
            Table::Lineitem => LINES_MOST,
            Table::Partsupp => SUPPLIERS_PER_PART,
            _ => 1,
        };
        let units = self.units(scale, 1, 1);
        // The last part also takes what division leaves over: fewer units than there are parts.
        let parts = (units * most).div_ceil(task_rows as u64).clamp(1, units.max(1));
        i32::try_from(parts).unwrap_or(i32::MAX)
    }

    /// The first `limit` rows of a part.
    pub(super) fn read(self, scale: f64, part: (i32, i32), request: &ScanRequest, limit: u64) -> Box<dyn ChunkReader> {
        let comment = self.columns().len() - 1;
        let distributions = Distributions::static_default();
        let text = if request.projection.contains(&comment) { TextPool::get_or_init_default() } else { &*LITTLE_TEXT };
        let read = Read { request, limit, rows: Rows::new(self.columns().iter().map(|c| c.1).collect(), &request.projection) };
        let (n, of) = part;
        macro_rules! generate {
            ($generator:ident, $fill:ident) => {
                read.chunks($generator::new_with_distributions_and_text_pool(scale, n, of, distributions, text).iter(), $fill)
            };
        }
        match self {
            Table::Customer => generate!(CustomerGenerator, customer),
            Table::Lineitem => generate!(LineItemGenerator, line_item),
            Table::Nation => {
                read.chunks(NationGenerator::new_with_distributions_and_text_pool(distributions, text).iter(), nation)
            }
            Table::Orders => generate!(OrderGenerator, order),
            Table::Part => generate!(PartGenerator, part_row),
            Table::Partsupp => read.chunks(PartSuppGenerator::new_with_text_pool(scale, n, of, text).iter(), part_supplier),
            Table::Region => {
                read.chunks(RegionGenerator::new_with_distributions_and_text_pool(distributions, text).iter(), region)
            }
            Table::Supplier => generate!(SupplierGenerator, supplier),
        }
    }
}

struct Read<'a> {
    request: &'a ScanRequest,
    limit: u64,
    rows: Rows,
}

impl Read<'_> {
    fn chunks<T, I>(self, generated: I, fill: fn(T, &mut Rows)) -> Box<dyn ChunkReader>
    where
        I: Iterator<Item = T> + Send + 'static,
        T: 'static,
    {
        let context = self.request.context.clone();
        let (mut rows, chunk_rows) = (self.rows, context.settings.chunk_rows());
        let mut generated = generated.take(usize::try_from(self.limit).unwrap_or(usize::MAX));
        let chunks = std::iter::from_fn(move || {
            let mut count = 0;
            while count < chunk_rows
                && let Some(row) = generated.next()
            {
                fill(row, &mut rows);
                rows.end_row();
                count += 1;
            }
            context.metrics.rows_in.add(count as u64);
            (count > 0).then(|| rows.finish())
        });
        Box::new(IterReader::new(chunks, self.request.context.cancel.clone()))
    }
}

fn customer(c: Customer<'_>, to: &mut Rows) {
    to.key(c.c_custkey);
    to.shown(c.c_name);
    to.shown(c.c_address);
    to.key(c.c_nationkey);
    to.shown(c.c_phone);
    to.money(c.c_acctbal);
    to.text(c.c_mktsegment);
    to.text(c.c_comment);
}

fn line_item(l: LineItem<'_>, to: &mut Rows) {
    to.key(l.l_orderkey);
    to.key(l.l_partkey);
    to.key(l.l_suppkey);
    to.int(l.l_linenumber);
    to.money(tpchgen::decimal::TPCHDecimal::new(l.l_quantity * 100));
    to.money(l.l_extendedprice);
    to.money(l.l_discount);
    to.money(l.l_tax);
    to.text(l.l_returnflag);
    to.text(l.l_linestatus);
    to.day(l.l_shipdate);
    to.day(l.l_commitdate);
    to.day(l.l_receiptdate);
    to.text(l.l_shipinstruct);
    to.text(l.l_shipmode);
    to.text(l.l_comment);
}

fn nation(n: Nation<'_>, to: &mut Rows) {
    to.key(n.n_nationkey);
    to.text(n.n_name);
    to.key(n.n_regionkey);
    to.text(n.n_comment);
}

fn order(o: Order<'_>, to: &mut Rows) {
    to.key(o.o_orderkey);
    to.key(o.o_custkey);
    to.shown(o.o_orderstatus);
    to.money(o.o_totalprice);
    to.day(o.o_orderdate);
    to.text(o.o_orderpriority);
    to.shown(o.o_clerk);
    to.int(o.o_shippriority);
    to.text(o.o_comment);
}

fn part_row(p: Part<'_>, to: &mut Rows) {
    to.key(p.p_partkey);
    to.shown(p.p_name);
    to.shown(p.p_mfgr);
    to.shown(p.p_brand);
    to.text(p.p_type);
    to.int(p.p_size);
    to.text(p.p_container);
    to.money(p.p_retailprice);
    to.text(p.p_comment);
}

fn part_supplier(p: PartSupp<'_>, to: &mut Rows) {
    to.key(p.ps_partkey);
    to.key(p.ps_suppkey);
    to.int(p.ps_availqty);
    to.money(p.ps_supplycost);
    to.text(p.ps_comment);
}

fn region(r: Region<'_>, to: &mut Rows) {
    to.key(r.r_regionkey);
    to.text(r.r_name);
    to.text(r.r_comment);
}

fn supplier(s: Supplier, to: &mut Rows) {
    to.key(s.s_suppkey);
    to.shown(s.s_name);
    to.shown(s.s_address);
    to.key(s.s_nationkey);
    to.shown(s.s_phone);
    to.money(s.s_acctbal);
    to.text(&s.s_comment);
}
