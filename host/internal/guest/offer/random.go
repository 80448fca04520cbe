package offer

import (
	"crypto/sha256"
	"encoding/binary"
)

// fixedSeed is the seed of the randomness of WASI.
var fixedSeed = [32]byte([]byte("bailiwick/1 wasi random_get seed"))

// Seed derives the seed of a decision from the digests and names that determine it: the SHA-256 of a label and of
// each part behind its length, in 64 bits, little-endian.
//
// Streams of random bytes are ChaCha8 as C2SP writes it down (chacha8rand), keyed by their seed, read from its
// beginning. How they are asked for makes no difference: two reads of 4 bytes give what one of 8 gives.
func Seed(parts ...[]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("bailiwick/1 seed"))
	for _, p := range parts {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}
