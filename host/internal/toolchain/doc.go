// Package toolchain builds plugins from their sources with the compilers of the languages that there are SDKs for: Go, C,
// Rust and AssemblyScript. What comes out is the compiler's module, without a manifest; the same sources and the same
// compiler give the same bytes, wherever they lie.
//
// Compilers are programs of the machine, found on PATH. They run as whoever builds, as any build does: a source one does
// not trust is not built, but its module looked at (package inspect).
package toolchain
