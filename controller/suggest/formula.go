package suggest

import (
	"math"
	"time"
)

// Formula is how work becomes knowledge, and knowledge and load a rank. Its zero value counts commits.
type Formula struct {
	// HalfLife is after what time a commit counts half; zero means that it always counts whole.
	HalfLife time.Duration
	// Creation is what creating files adds to what a commit counts: times the share of the commit's files of the area
	// that it created.
	Creation float64
	// Capacity is how many areas a person can hold well, and a team for each of its members; zero leaves load out.
	Capacity float64
	// TeamSize lowers what a team counts of which few members know the area: their share, to this power.
	TeamSize float64
}

// Standard is the formula in use. HalfLife and Creation were fitted on the training repositories of docs/suggest.md;
// Capacity and TeamSize are judgements that no study of ours supports.
func Standard() Formula {
	return Formula{
		HalfLife: 180 * 24 * time.Hour,
		Creation: 20,
		Capacity: 10,
		TeamSize: 0.5,
	}
}

// weight is what one commit counts:
//
//	2^(-age / HalfLife) · (1 + Creation · files of the area created / files of the area changed)
//
// A commit of the future counts as one of now.
func (f Formula) weight(now time.Time, w Work) float64 {
	weight := 1.0
	if f.HalfLife > 0 {
		weight = math.Exp2(-max(0, now.Sub(w.When).Hours()) / f.HalfLife.Hours())
	}
	if len(w.Files) > 0 {
		weight *= 1 + f.Creation*float64(w.Created)/float64(len(w.Files))
	}
	return weight
}

// room is what knowledge counts of somebody who holds a number of areas already:
//
//	held <= Capacity · members   1
//	held >  Capacity · members   Capacity · members / held
//
// A person is one member. What one can hold well costs nothing: who owns something near is mostly the right one.
func (f Formula) room(held, members int) float64 {
	capacity := f.Capacity * float64(max(1, members))
	if capacity <= 0 || float64(held) <= capacity {
		return 1
	}
	return capacity / float64(held)
}

// team is what the members' knowledge counts as a team's: its sum, times the share of members who know the area, to the
// power of TeamSize. So a team of five of whom three know it stands before the whole organisation, which holds all that
// knowledge too.
func (f Formula) team(knowledge float64, knowing, members int) float64 {
	if members == 0 {
		return 0
	}
	return knowledge * math.Pow(float64(knowing)/float64(members), f.TeamSize)
}
