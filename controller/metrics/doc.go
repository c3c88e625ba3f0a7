// Package metrics exposes the result of a pass to Prometheus.
//
// It decides nothing about ownership and keeps no history: every family is a
// gauge of the last pass, but for the count of changes. A page is rendered once, when there is a new result,
// into the bytes of each format and each compression, and a scrape only hands
// those out; what changes by itself (the Go runtime and the process, some forty
// series, and what is changed in a cluster) is appended to them at each scrape.
//
// Families of the default page are bounded: labels are tiers, teams, policies,
// roles and sources, each capped, and never an area, a repository or a person.
// Detail for each area is on a page of its own, with a budget of series.
//
//	ownership.Result ──► families ──► registry ──► text and OpenMetrics ──► gzip, zstd ──► bytes
//	                                                                                          │
//	scrape ──► negotiated format and compression ──► those bytes + runtime section ──► response
//
// The families are listed in docs/metrics.md, which a test compares with the code.
package metrics
