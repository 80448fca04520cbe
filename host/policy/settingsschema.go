package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// settingsSchema reads what METADATA says of the values of settings: a JSON Schema for each of them. The defaults must
// be values that it allows.
func (md *metadata) settingsSchema(defaults map[string]any) map[string]any {
	v, ok := md.custom["settingsSchema"]
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		md.fail("custom.settingsSchema must be a mapping of settings to JSON Schemas")
		return nil
	}
	out := make(map[string]any, len(m))
	for _, key := range sortedKeys(m) {
		if _, ok := defaults[key]; !ok {
			md.fail("custom.settingsSchema has %q, which custom.settings does not declare%s", key, decode.DidYouMean(key, sortedKeys(defaults)))
			continue
		}
		value, err := jsonValue(m[key], 0)
		if err == nil {
			err = conforms(defaults[key], value)
		}
		if err != nil {
			md.fail("custom.settingsSchema.%s: %s", key, err)
			continue
		}
		out[key] = value
	}
	return out
}

// schemaURL names a schema while it is compiled.
const schemaURL = "setting.json"

// conforms reports why a value is none that a JSON Schema allows; nil if it is.
func conforms(value, schema any) error {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	if err := c.AddResource(schemaURL, schema); err != nil {
		return err
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		return err
	}
	err = s.Validate(value)
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return err
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0] // the first that is wrong, as exactly as it is known
	}
	text := v.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if len(v.InstanceLocation) > 0 {
		text = "/" + strings.Join(v.InstanceLocation, "/") + ": " + text
	}
	return errors.New(text)
}

// noLoader refuses references to schemas elsewhere.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema of a setting stands alone; it cannot refer to %s", url)
}
