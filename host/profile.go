package host

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// WithProfile lays standard profiles, sets of settings for standard policies such as "gdpr" or "availability-basic", over
// the settings that policies declare: each over those before it, and the settings of [WithSettings] over all of them. A
// name that is no profile's is an error of Open. What a profile says of policies that are left out does not count.
func WithProfile(names ...string) Option {
	return func(o *options) { o.profiles = append(slices.Clip(o.profiles), names...) }
}

// settingsInForce are those of the profiles, and over them the host's own.
func (o *options) settingsInForce() (map[string]map[string]any, error) {
	if len(o.profiles) == 0 {
		return o.settings, nil
	}
	if o.withoutStandard {
		return nil, fmt.Errorf("profile %s is for the standard policies, and they are left out; leave the profile out too, or keep them", o.profiles[0])
	}
	all, err := policies.Profiles()
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range all {
		names = append(names, all[i].Name)
	}
	out := map[string]map[string]any{}
	for _, name := range o.profiles {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, fmt.Errorf("there is no standard profile %q%s", name, decode.DidYouMean(name, names))
		}
		layer(out, all[i].Settings, o.without)
	}
	layer(out, o.settings, nil)
	return out, nil
}

// layer lays settings over others, but for those of some policies.
func layer(under, over map[string]map[string]any, without []string) {
	for id, values := range over {
		if slices.Contains(without, id) {
			continue
		}
		if under[id] == nil {
			under[id] = map[string]any{}
		}
		maps.Copy(under[id], values)
	}
}
