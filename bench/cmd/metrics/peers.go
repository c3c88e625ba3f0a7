package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/remit-dev/remit/controller/ownership"
)

// organisation has areas in 20 teams and 4 tiers, each with a coverage and findings of five severities.
func organisation(areas int) (*ownership.Result, map[ownership.AreaID]time.Time) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	result := &ownership.Result{At: now}
	since := map[ownership.AreaID]time.Time{}
	for i := range areas {
		area := ownership.AreaResult{
			ID: ownership.AreaID(fmt.Sprintf("namespace-%02d/area-%05d", i%40, i)), Tier: fmt.Sprint(1 + i%4),
			Team: fmt.Sprintf("acme/team-%02d", i%20), State: ownership.States()[i%4],
			Coverage: ownership.Coverage{Total: 100, Owned: i % 101, Effective: i % 101},
		}
		if area.State == ownership.Unowned {
			since[area.ID] = now.Add(-time.Duration(i) * time.Minute)
		}
		result.Areas = append(result.Areas, area)
		for key, severity := range ownership.Severities() {
			result.Findings = append(result.Findings, ownership.Finding{
				Policy: "policy", Subject: string(area.ID), Key: fmt.Sprint(key), Severity: severity, Status: ownership.Raised,
			})
		}
	}
	return result, since
}

// series is one label set and its value, in the order of its family's label names.
type series struct {
	values []string
	value  float64
}

// family is a family of gauges as the peers get it.
type family struct {
	name, help string
	labels     []string
	series     []series
}

// scraped reads a page back, so that the peers expose the very same series.
func scraped(handler http.Handler) ([]family, int, error) {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics/areas", nil))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	parsed, err := parser.TextToMetricFamilies(recorder.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("read the page back: %w", err)
	}
	var families []family
	total := 0
	for _, each := range parsed {
		f := family{name: each.GetName(), help: each.GetHelp()}
		for _, metric := range each.GetMetric() {
			f.add(metric)
		}
		total += len(f.series)
		families = append(families, f)
	}
	return families, total, nil
}

func (f *family) add(metric *dto.Metric) {
	f.labels = f.labels[:0]
	var values []string
	for _, label := range metric.GetLabel() {
		f.labels = append(f.labels, label.GetName())
		values = append(values, label.GetValue())
	}
	f.series = append(f.series, series{values, metric.GetGauge().GetValue()})
}

// constants makes constant metrics at each scrape, the usual way of a collector over state held elsewhere.
type constants []family

func (c constants) Describe(descriptions chan<- *prometheus.Desc) {
	for _, f := range c {
		descriptions <- prometheus.NewDesc(f.name, f.help, f.labels, nil)
	}
}

func (c constants) Collect(metrics chan<- prometheus.Metric) {
	for _, f := range c {
		description := prometheus.NewDesc(f.name, f.help, f.labels, nil)
		for _, s := range f.series {
			metrics <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, s.value, s.values...)
		}
	}
}

func constantMetrics(families []family) (http.Handler, error) {
	registry := prometheus.NewRegistry()
	if err := registry.Register(constants(families)); err != nil {
		return nil, fmt.Errorf("register the constant metrics: %w", err)
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), nil
}

func gaugeVectors(families []family) (http.Handler, error) {
	registry := prometheus.NewRegistry()
	for _, f := range families {
		vector := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: f.name, Help: f.help}, f.labels)
		for _, s := range f.series {
			vector.WithLabelValues(s.values...).Set(s.value)
		}
		if err := registry.Register(vector); err != nil {
			return nil, fmt.Errorf("register the vector %s: %w", f.name, err)
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), nil
}
