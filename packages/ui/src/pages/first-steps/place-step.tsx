import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pathOf } from '../../data/place-tree.ts';
import { usePlaceTree } from '../../data/places.ts';
import { Card } from '../../parts/page.tsx';
import { PlaceForm } from '../places/place-form.tsx';
import classes from './first-steps-page.module.css';

const SHOWN = 8;

/** The first place: its name and its kind. */
export const PlaceStep = () => {
  const { t } = useTranslation('firstSteps');
  const { tree } = usePlaceTree();
  const { nodes } = tree;
  if (nodes.length === 0) {
    return (
      <Card title={t('place.add')}>
        <PlaceForm brief parentId={null} onSaved={() => undefined} />
      </Card>
    );
  }
  return (
    <Card title={t('place.there', { count: nodes.length })}>
      <ul className={classes.items}>
        {nodes.slice(0, SHOWN).map((node) => (
          <li key={node.place.id}>{pathOf(node)}</li>
        ))}
        {nodes.length > SHOWN ? <li>…</li> : null}
      </ul>
      <p>
        <Link to="/fleet/places" className={classes.go}>
          {t('place.more')}
        </Link>
      </p>
    </Card>
  );
};
