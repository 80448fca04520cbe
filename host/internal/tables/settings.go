package tables

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// MaxSettings is the most leaves that settings may have: each is a column of the image.
const MaxSettings = 4096

var keyGrammar = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Settings lays settings out, values of JSON, as the image that guests are configured with. An error says which
// setting cannot be laid out and why.
func Settings(values map[string]any) ([]byte, error) {
	b := image.NewBuilder("settings")
	s := settings{t: b.Table("settings", 1)}
	if err := s.mapping("", values); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return out, nil
}

type settings struct {
	t *image.TableBuilder
	n int
}

func (s *settings) mapping(prefix string, m map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !keyGrammar.MatchString(key) {
			return fmt.Errorf("%s%q is no key that a guest can be given; use letters, digits, hyphen and underscore", prefix, key)
		}
		if err := s.value(prefix+key, m[key]); err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) value(path string, v any) error {
	if s.n++; s.n > MaxSettings {
		return fmt.Errorf("there are more than %d values", MaxSettings)
	}
	switch v := v.(type) {
	case nil:
		none := column[string](1)
		s.t.Strings(path, none.v, none.st)
	case string:
		s.t.Strings(path, []string{v}, all)
	case float64:
		s.t.Float64s(path, []float64{v}, all)
	case bool:
		s.t.Bools(path, []bool{v}, all)
	case map[string]any:
		return s.mapping(path+".", v)
	case []any:
		return s.list(path, v)
	default:
		return fmt.Errorf("%s is a %T, which is no value of JSON", path, v)
	}
	return nil
}

func (s *settings) list(path string, list []any) error {
	texts := make([]string, 0, len(list))
	for _, e := range list {
		if text, ok := e.(string); ok {
			texts = append(texts, text)
		}
	}
	if len(texts) == len(list) {
		s.t.Lists(path, [][]string{texts})
		return nil
	}
	s.t.Int32s(path+".length", []int32{int32(len(list))}, all)
	for i, e := range list {
		if err := s.value(path+"."+strconv.Itoa(i), e); err != nil {
			return err
		}
	}
	return nil
}
