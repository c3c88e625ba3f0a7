package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Other is the label value that stands for all values beyond a cap. No team is
// called so, since a team's name holds a slash.
const Other = "_other"

// maxFamilySeries bounds each family of the default page.
const maxFamilySeries = 10_000

// family is one family of gauges in the making.
type family struct {
	name   string
	help   string
	labels []string

	samples []sample
	index   map[string]int
	// folded counts the label sets that lost their team for want of room.
	folded int
}

type sample struct {
	labels []string
	value  float64
}

func newFamily(name, help string, labels ...string) *family {
	return &family{name: name, help: help, labels: labels, index: map[string]int{}}
}

// add adds to the value of a label set, which is made where it is new. A new set
// beyond maxFamilySeries counts for team Other.
func (f *family) add(value float64, labels ...string) {
	key := strings.Join(labels, "\xff")
	at, known := f.index[key]
	if !known && len(f.samples) >= maxFamilySeries {
		if team := f.teamLabel(); team >= 0 && labels[team] != Other {
			f.folded++
			labels[team] = Other
			key = strings.Join(labels, "\xff")
			at, known = f.index[key]
		}
	}
	if !known {
		at = len(f.samples)
		f.index[key] = at
		f.samples = append(f.samples, sample{labels: labels})
	}
	f.samples[at].value += value
}

func (f *family) teamLabel() int {
	for i, label := range f.labels {
		if label == "team" {
			return i
		}
	}
	return -1
}

// collector hands families to a registry, which checks and sorts them.
type collector []*family

func (c collector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, family := range c {
		descriptions <- family.description()
	}
}

func (c collector) Collect(metrics chan<- prometheus.Metric) {
	for _, family := range c {
		description := family.description()
		for _, sample := range family.samples {
			metric, err := prometheus.NewConstMetric(description, prometheus.GaugeValue, sample.value, sample.labels...)
			if err != nil {
				metric = prometheus.NewInvalidMetric(description, err)
			}
			metrics <- metric
		}
	}
}

func (f *family) description() *prometheus.Desc {
	return prometheus.NewDesc(f.name, f.help, f.labels, nil)
}
