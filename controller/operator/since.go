package operator

import (
	"context"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// sinceReader knows since when areas are unowned or partly owned, from their statuses.
type sinceReader struct {
	reader client.Reader
	mutex  sync.Mutex
	// virtual are those of areas that have no object.
	virtual map[ownership.AreaID]v1alpha1.KnownState
}

// of gives, for each area that is unowned or partly owned, since when it is. An area whose status does not say so yet
// became so just now.
func (s *sinceReader) of(ctx context.Context, result *ownership.Result, now time.Time) map[ownership.AreaID]time.Time {
	written := map[ownership.AreaID]*v1alpha1.AreaStatus{}
	var areas v1alpha1.AreaList
	if err := s.reader.List(ctx, &areas, client.UnsafeDisableDeepCopy); err == nil { // else the times are those of now
		for i := range areas.Items {
			written[ownership.DeclaredArea(areas.Items[i].Namespace, areas.Items[i].Name)] = &areas.Items[i].Status
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	virtual := map[ownership.AreaID]v1alpha1.KnownState{}
	since := map[ownership.AreaID]time.Time{}
	for i := range result.Areas {
		area := &result.Areas[i]
		if area.State != ownership.Unowned && area.State != ownership.Partial {
			continue
		}
		state := areaState(area.State)
		since[area.ID] = now
		switch status := written[area.ID]; {
		case status == nil:
			known := s.virtual[area.ID]
			if known.State != state {
				known.State, known.Since.Time = state, now
			}
			virtual[area.ID], since[area.ID] = known, known.Since.Time
		case status.State == state && status.Since != nil:
			since[area.ID] = status.Since.Time
		case status.LastKnown != nil && status.LastKnown.State == state:
			since[area.ID] = status.LastKnown.Since.Time
		}
	}
	s.virtual = virtual
	return since
}
