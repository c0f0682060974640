package scolarite

import (
	"context"

	"intendant/db"
)

// The types of modules.
const (
	moduleStandard = iota
	moduleMalus
	moduleRessource
	moduleSAE
)

// FormSemestreProgramme is what a semester teaches, each list in the programme's order,
// sport last. Resources and SAÉ are those of a BUT; the other modules of a
// classic programme, or the sport of a BUT, are modules.
type FormSemestreProgramme struct {
	UEs        []UE         `json:"ues"`
	Ressources []ModuleImpl `json:"ressources"`
	SAEs       []ModuleImpl `json:"saes"`
	Modules    []ModuleImpl `json:"modules"`
}

// formSemestreProgramme returns the UEs and the modules of a semester; NotFound
// if it is unknown.
func (s *Service) formSemestreProgramme(ctx context.Context, in formSemestreRef) (FormSemestreProgramme, error) {
	q := s.Store.Read()
	sem, err := visibleFormSemestre(ctx, q, in.ID)
	if err != nil {
		return FormSemestreProgramme{}, err
	}
	return s.programmeOf(ctx, q, sem)
}

func (s *Service) programmeOf(ctx context.Context, q *db.Queries, sem db.FormSemestre) (p FormSemestreProgramme, err error) {
	if p.UEs, err = s.uesOfFormSemestre(ctx, q, sem); err != nil {
		return p, err
	}
	rows, err := q.ModuleImplsOfFormSemestre(ctx, sem.ID)
	if err != nil {
		return p, err
	}
	list, err := s.moduleImplsOf(ctx, q, rows)
	if err != nil {
		return p, err
	}
	p.Ressources, p.SAEs, p.Modules = []ModuleImpl{}, []ModuleImpl{}, []ModuleImpl{}
	for _, modimpl := range list {
		switch modimpl.Module.ModuleType {
		case moduleRessource:
			p.Ressources = append(p.Ressources, modimpl)
		case moduleSAE:
			p.SAEs = append(p.SAEs, modimpl)
		default:
			p.Modules = append(p.Modules, modimpl)
		}
	}
	return p, nil
}

// uesOfFormSemestre returns the UEs of a semester, sport last.
func (s *Service) uesOfFormSemestre(ctx context.Context, q *db.Queries, sem db.FormSemestre) ([]UE, error) {
	rows, err := ueRowsOf(ctx, q, sem)
	if err != nil {
		return nil, err
	}
	ids := idsOf(rows, func(row db.UE) int64 { return row.ID })
	byID, err := s.uesByID(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	ues := make([]UE, len(ids))
	for i, id := range ids {
		ues[i] = byID[id]
	}
	return ues, nil
}

// ueRowsOf returns the rows of the UEs of a semester, sport last: in a BUT the
// programme's for the number of the semester, elsewhere those its modules are
// in.
func ueRowsOf(ctx context.Context, q *db.Queries, sem db.FormSemestre) ([]db.UE, error) {
	formation, err := q.Formation(ctx, sem.FormationID)
	if err != nil {
		return nil, err
	}
	if formation.TypeParcours == BUT && sem.SemestreID >= 1 {
		return q.UEsOfSemestre(ctx, sem.ID)
	}
	return q.UEsOfModuleImpls(ctx, sem.ID)
}
