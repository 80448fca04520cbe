package wasm

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// FindCustom is the content of the custom section of that name, without looking at anything else of the module; of several
// the first. The error is a [*FormatError].
func FindCustom(module []byte, name string) (content []byte, ok bool, err error) {
	err = eachSection(module, func(id byte, _ []byte, body []byte) error {
		if id != SectionCustom || ok {
			return nil
		}
		n, k := binary.Uvarint(body)
		if k <= 0 || n > uint64(len(body)-k) {
			return &FormatError{Section: "custom", Offset: len(module) - len(body), What: "its name ends beyond it"}
		}
		if string(body[k:][:n]) == name {
			content, ok = body[k+int(n):], true
		}
		return nil
	})
	return content, ok, err
}

// WithCustom is the module with a custom section of that name at its end, in the place of all of that name. The error is
// a [*FormatError].
func WithCustom(module []byte, name string, content []byte) ([]byte, error) {
	out := slices.Clone(module[:min(len(module), len(header))])
	err := eachSection(module, func(id byte, whole, body []byte) error {
		if n, k := binary.Uvarint(body); id == SectionCustom && k > 0 && n <= uint64(len(body)-k) && string(body[k:][:n]) == name {
			return nil
		}
		out = append(out, whole...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	body := append(binary.AppendUvarint(nil, uint64(len(name))), name...)
	body = append(body, content...)
	out = append(out, SectionCustom)
	return append(binary.AppendUvarint(out, uint64(len(body))), body...), nil
}

// eachSection calls f for every section: its id, all its bytes, and those behind its length.
func eachSection(module []byte, f func(id byte, whole, body []byte) error) error {
	if err := checkHeader(module); err != nil {
		return err
	}
	for at := len(header); at < len(module); {
		n, k := binary.Uvarint(module[at+1:])
		switch left := uint64(len(module) - at - 1 - max(k, 0)); {
		case k == 0:
			return endsInSize(module, at)
		case k < 0 || k > 5:
			return &FormatError{Section: sectionName(module[at]), Offset: at, What: "the section's size is longer than its type"}
		case n > left:
			return &FormatError{Section: sectionName(module[at]), Offset: at, What: cutOff(n, left), Cut: true}
		}
		end := at + 1 + k + int(n)
		if err := f(module[at], module[at:end:end], module[at+1+k:end:end]); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// checkHeader checks how a module begins.
func checkHeader(module []byte) error {
	switch n := min(len(module), len(header)); {
	case string(module[:n]) != header[:n]:
		return &FormatError{Section: "header", What: "the bytes do not begin with the magic number and version 1 of a wasm module"}
	case n == 0:
		return &FormatError{Section: "header", What: "there are no bytes", Cut: true}
	case n < len(header):
		return &FormatError{Section: "header", Offset: n, What: fmt.Sprintf("the module ends within its header of %d bytes", len(header)), Cut: true}
	}
	return nil
}

// endsInSize says that the module ends within the size of the section that begins at byte at.
func endsInSize(module []byte, at int) error {
	return &FormatError{Section: sectionName(module[at]), Offset: at, What: "the module ends within the section's size", Cut: true}
}

// cutOff says that so many bytes are left of a section.
func cutOff(size, left uint64) string {
	return fmt.Sprintf("the section of %d bytes is cut off after %d", size, left)
}

// sectionName names a section for errors.
func sectionName(id byte) string {
	if int(id) < len(sectionNames) {
		return sectionNames[id]
	}
	return "unknown"
}
