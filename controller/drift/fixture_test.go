package drift

import (
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func areaWith(coverage ownership.Coverage) *snapshot.Area {
	return &snapshot.Area{ID: "default/area", Coverage: coverage}
}
