package image

import (
	"crypto/sha256"
	"fmt"
)

// Bytes writes the image. Called again it gives the same bytes. The error
// names the table, the column and, where there is one, the row at fault; it
// matches [ErrTooLarge] where a limit is passed.
func (b *Builder) Bytes() ([]byte, error) {
	p, err := b.plan()
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	out := make([]byte, p.size)
	p.writeHeader(out)
	p.writeDirectory(out)
	for _, s := range p.sections() {
		copy(out[s.off:], s.bytes)
	}
	seal(out)
	return out, nil
}

func (p *plan) writeHeader(out []byte) {
	copy(out, magic)
	le.PutUint16(out[offMajor:], majorVersion)
	le.PutUint16(out[offMinor:], minorVersion)
	le.PutUint32(out[offSize:], uint32(p.size))
	copy(out[offKind:], p.kind)
	le.PutUint32(out[offTables:], uint32(p.tablesAt))
	le.PutUint32(out[offTableCount:], uint32(len(p.tables)))
	le.PutUint32(out[offColumns:], uint32(p.columnsAt))
	le.PutUint32(out[offColumnCount:], uint32(p.count))
	le.PutUint32(out[offStarts:], p.dict.starts.off)
	le.PutUint32(out[offStringCount:], uint32(len(p.dict.ids)))
	le.PutUint32(out[offText:], p.dict.text.off)
	le.PutUint32(out[offTextSize:], uint32(len(p.dict.text.bytes)))
}

func (p *plan) writeDirectory(out []byte) {
	columns := 0
	for i, t := range p.tables {
		e := out[int(p.tablesAt)+i*tableEntrySize:]
		le.PutUint32(e[tabName:], p.dict.ids[t.name])
		le.PutUint32(e[tabRows:], uint32(t.rows))
		le.PutUint32(e[tabFirst:], uint32(columns))
		le.PutUint32(e[tabCount:], uint32(len(p.columns[i])))
		for _, c := range p.columns[i] {
			e := out[int(p.columnsAt)+columns*columnEntrySize:]
			le.PutUint32(e[colName:], p.dict.ids[c.name])
			e[colType] = byte(c.typ)
			le.PutUint32(e[colTarget:], c.target)
			le.PutUint32(e[colData:], c.data.off)
			le.PutUint32(e[colDataSize:], uint32(len(c.data.bytes)))
			le.PutUint32(e[colStarts:], c.starts.off)
			le.PutUint32(e[colKnown:], c.known.off)
			le.PutUint32(e[colPresent:], c.present.off)
			columns++
		}
	}
}

// digest hashes an image: every byte of it but those of the digest field.
func digest(b []byte) (sum [digestSize]byte) {
	h := sha256.New()
	h.Write(b[:offDigest])
	h.Write(b[offDigest+digestSize:])
	h.Sum(sum[:0])
	return sum
}

// seal writes its digest into b, which is at least a header long.
func seal(b []byte) {
	sum := digest(b)
	copy(b[offDigest:], sum[:])
}
