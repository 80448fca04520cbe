package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// service matches what Kubernetes and Docker put into the environment where a service is called
// bailiwick: BAILIWICK_SERVICE_HOST, BAILIWICK_PORT_443_TCP_ADDR and their like. They are not ours.
var service = regexp.MustCompile(`^BAILIWICK_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// environment is what the variables say.
type environment struct {
	config   string // BAILIWICK_CONFIG
	named    bool   // it is set
	settings string // BAILIWICK_SETTINGS
	layer    layer
}

// readEnvironment reads NAME=value pairs. Variables that begin with BAILIWICK_ and mean nothing are errors.
func readEnvironment(pairs []string) (*environment, error) {
	env := &environment{}
	pairs = slices.Clone(pairs)
	slices.Sort(pairs)
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || service.MatchString(name) {
			continue
		}
		if !utf8.ValidString(value) {
			return nil, fmt.Errorf("%s: the value is not UTF-8", name)
		}
		if value == "" && (name == envConfig || name == envSettings) {
			return nil, fmt.Errorf("%s: empty; name a file, or unset it", name)
		}
		switch name {
		case envConfig:
			env.config, env.named = value, true
			continue
		case envSettings:
			env.settings = value
			continue
		case envGrants:
			if value == "" {
				continue // an empty list
			}
			l, err := grantsFromText(Origin{Layer: Environment, Name: name}, strings.Split(value, string(os.PathListSeparator)))
			if err != nil {
				return nil, err
			}
			env.layer = append(env.layer, l...)
			continue
		}
		k, ok := keyOfVariable(name)
		if !ok {
			return nil, unknownVariable(name)
		}
		l, err := k.fromText(name, value)
		if err != nil {
			return nil, err
		}
		env.layer = append(env.layer, l...)
	}
	return env, nil
}

func unknownVariable(name string) error {
	if strings.HasPrefix(name, envSettings+"_") {
		return fmt.Errorf("environment: unknown variable %s; settings come from a file that %s names", name, envSettings)
	}
	var known []string
	for _, v := range variables() {
		known = append(known, strings.TrimPrefix(v, prefix))
	}
	if near := decode.Nearest(strings.TrimPrefix(name, prefix), known); len(near) > 0 {
		return fmt.Errorf("environment: unknown variable %s; did you mean %s?", name, prefix+near[0])
	}
	return fmt.Errorf("environment: unknown variable %s; unset it. There are %s", name, strings.Join(variables(), ", "))
}

// fromText decodes a variable by the rules a file is decoded by: it writes the document that says the same.
func (k key) fromText(variable, value string) (layer, error) {
	var v any = value
	switch {
	case k.form == truth && (value == "true" || value == "false"):
		v = value == "true"
	case k.form == list || k.form == paths:
		v = []string{}
		if value != "" {
			v = strings.Split(value, string(os.PathListSeparator))
		}
	}
	path := k.path()
	for _, part := range slices.Backward(path) {
		v = map[string]any{part: v}
	}
	text, err := decode.Canonical(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	if k.form == whole {
		text = unquoteNumber(text, value)
	}
	n, err := decode.Parse(variable, text, decode.Limits{Bytes: maxFileBytes})
	if err != nil {
		return nil, within(variable, err)
	}
	if err := n.Into(&struct {
		Values
		Profile string `json:"profile,omitempty"`
	}{}); err != nil {
		return nil, within(variable, err)
	}
	origin := Origin{Layer: Environment, Name: variable}
	return valuesLayer(n, func(decode.Pos) Origin { return origin }, func(p string) string { return p })
}

// number is what is handed to the decoder as a number; anything else it is to refuse as text.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func unquoteNumber(text []byte, value string) []byte {
	if !number.MatchString(value) {
		return text
	}
	return []byte(strings.Replace(string(text), `"`+value+`"`, value, 1))
}

// within says faults of a text that nobody has seen: without lines and pointers.
func within(name string, err error) error {
	var errs decode.Errors
	if !errors.As(err, &errs) {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, e := range errs {
		e.Pos, e.Pointer = decode.Pos{File: name}, ""
	}
	return errs
}
