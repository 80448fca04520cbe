package guest

import "iter"

// Settings are the settings in force: the manifest's defaults, with what the operator put over them. A setting in
// a mapping has the path as its name, joined by dots: weights.EU.
type Settings struct{ table Table }

// openSettings reads an image of settings.
func openSettings(m *Image) (Settings, error) {
	t, err := m.Table("settings")
	return Settings{t}, err
}

// Image is the image of kind settings that they are in.
func (s Settings) Image() *Image { return s.table.image }

// Has reports whether there is a setting of that name that is not null. A list of anything but texts has the name
// with .length, a mapping none.
func (s Settings) Has(name string) bool {
	c, err := s.table.Column(name)
	if err != nil {
		return false
	}
	if text, err := c.Strings(); err == nil {
		return text.State(0) == Value
	}
	return true
}

// Names yields the names of all settings that begin with prefix, sorted, those that are null included.
func (s Settings) Names(prefix string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range s.table.Columns() {
			name := s.table.ColumnAt(i).Name()
			if len(name) >= len(prefix) && name[:len(prefix)] == prefix && !yield(own(name)) {
				return
			}
		}
	}
}

// Text is a setting that is a text, or what is given if there is none or it is null.
func (s Settings) Text(name, otherwise string) (string, error) {
	if !s.Has(name) {
		return otherwise, nil
	}
	c, err := s.table.Strings(name)
	if err != nil {
		return "", mistyped(name, "a text")
	}
	return own(c.At(0)), nil
}

// Number is a setting that is a number, or what is given if there is none or it is null.
func (s Settings) Number(name string, otherwise float64) (float64, error) {
	if !s.Has(name) {
		return otherwise, nil
	}
	c, err := s.table.Float64s(name)
	if err != nil {
		return 0, mistyped(name, "a number")
	}
	return c.At(0), nil
}

// Bool is a setting that is true or false, or what is given if there is none or it is null.
func (s Settings) Bool(name string, otherwise bool) (bool, error) {
	if !s.Has(name) {
		return otherwise, nil
	}
	c, err := s.table.Bools(name)
	if err != nil {
		return false, mistyped(name, "true or false")
	}
	return c.At(0), nil
}

// Texts is a setting that is a list of texts, or nil if there is none or it is null.
func (s Settings) Texts(name string) ([]string, error) {
	if !s.Has(name) {
		return nil, nil
	}
	c, err := s.table.Lists(name)
	if err != nil {
		return nil, mistyped(name, "a list of texts")
	}
	list := make([]string, c.Len(0))
	for i := range list {
		list[i] = own(c.At(0, i))
	}
	return list, nil
}

// Length is how many elements a list has that is not one of texts, 0 if there is none. Element i is the setting
// of the list's name, a dot and i.
func (s Settings) Length(name string) (int, error) {
	if !s.Has(name + ".length") {
		return 0, nil
	}
	c, err := s.table.Int32s(name + ".length")
	if err != nil {
		return 0, mistyped(name, "a list")
	}
	return int(c.At(0)), nil
}

func mistyped(name, want string) error { return Fail("setting " + name + ": must be " + want) }

// own is a copy of a text: the settings are gone once the guest is configured.
func own(s string) string { return string([]byte(s)) }
