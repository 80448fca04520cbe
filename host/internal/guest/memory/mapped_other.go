//go:build !(linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x))

package memory

// Words of 32 bits have no addresses to spare, and other systems no files that can be sealed.
var native system = copied{}
