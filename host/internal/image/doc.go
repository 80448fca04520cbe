// Package image writes, verifies, maps and reads the columnar image: the one
// file format behind the snapshot and the request a guest reads.
//
// An image is tables of typed columns, every cell fixed-width, every string
// kept once in a sorted dictionary, every fact carrying one of three states
// (a value, known to be absent, unknown). It is little-endian and
// position-independent: [Map] reads the header and the directory and nothing
// else, and the same bytes can be laid at any 64-byte boundary of a guest's
// memory. docs/image-format.md is the format, byte by byte.
//
//	Builder ──Bytes──▶ []byte ──WriteFile──▶ file ──Map / Open──▶ Image ──Table──▶ columns
//
// [Builder] takes tables and columns in any order and always gives the same
// bytes for the same content; their SHA-256 names the snapshot. [Image] is an
// opened one, safe for concurrent readers. [Table] and the column views it
// hands out (such as [StringColumn]) are small values; reading through them
// allocates nothing.
//
// Trust comes in two steps. [Map] and [FromBytes] check the header, the
// directory and where every section lies, so that no read leaves the bytes,
// whatever they hold: an accessor given nonsense answers with a zero value,
// an empty slice or Unknown, never with a panic. [Image.Verify] hashes the
// bytes and checks every cell; only then do ids, row numbers and order mean
// what this package says of them. [Open] does both.
package image
