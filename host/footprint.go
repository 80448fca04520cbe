package host

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// footprint is what a placement emits a month, where components say what energy they use; nil where none
// does. A figure that needs an unknown fact is left out, and a warning names the fact.
func (q *question) footprint(p *placement.Placement) *placement.Footprint {
	f := &placement.Footprint{Copies: []placement.CopyFootprint{}}
	location, market := new(big.Rat), new(big.Rat)
	for _, copy := range p.Copies {
		c := q.component(copy.Component)
		if c.EnergyKWh == 0 {
			continue
		}
		site, _ := q.snap.Site(copy.Site)
		facts := q.snap.Facts(site)
		one := placement.CopyFootprint{
			Component: c.Name, Site: copy.Site, EnergyKWh: c.EnergyKWh,
			PUE: given(facts.PUE), GridGramsPerKWh: given(facts.Grid), MarketGramsPerKWh: given(facts.Market),
		}
		one.LocationKgPerMonth, location = emitted(location, c.EnergyKWh, one.PUE, one.GridGramsPerKWh)
		one.MarketKgPerMonth, market = emitted(market, c.EnergyKWh, one.PUE, one.MarketGramsPerKWh)
		f.Copies = append(f.Copies, one)
		for _, fact := range []struct {
			name  string
			value *float64
		}{{"site.carbon.pue", one.PUE}, {"site.carbon.gridGramsPerKWh", one.GridGramsPerKWh}, {"site.carbon.marketGramsPerKWh", one.MarketGramsPerKWh}} {
			if fact.value == nil {
				p.Warnings = append(p.Warnings, placement.Warning{
					Policy: requestPolicy, Facts: []placement.Fact{},
					Message: fmt.Sprintf("the footprint of %s in %s is not complete: %s is unknown", c.Name, copy.Site, fact.name),
				})
			}
		}
	}
	if len(f.Copies) == 0 {
		return nil
	}
	f.LocationKgPerMonth, f.MarketKgPerMonth = kilograms(location), kilograms(market)
	return f
}

func (q *question) component(name string) *component {
	for i := range q.components {
		if q.components[i].Name == name {
			return &q.components[i]
		}
	}
	return nil
}

func given(f topology.Fact[float64]) *float64 {
	if f.State != topology.Known {
		return nil
	}
	return &f.Value
}

// emitted is energy × PUE × intensity in kilograms, and the sum with it; a nil sum is unknown and stays so.
func emitted(sum *big.Rat, kWh float64, pue, grams *float64) (*float64, *big.Rat) {
	if pue == nil || grams == nil {
		return nil, nil
	}
	kg := exact(kWh)
	kg.Mul(kg, exact(*pue)).Mul(kg, exact(*grams)).Mul(kg, big.NewRat(1, 1000))
	if sum != nil {
		sum = new(big.Rat).Add(sum, kg)
	}
	return kilograms(kg), sum
}

// exact is a number as it is written in decimals, so that nothing is rounded but the result.
func exact(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	return r
}

// kilograms rounds to the gram, half up.
func kilograms(kg *big.Rat) *float64 {
	if kg == nil {
		return nil
	}
	v, _ := strconv.ParseFloat(kg.FloatString(3), 64)
	return &v
}
