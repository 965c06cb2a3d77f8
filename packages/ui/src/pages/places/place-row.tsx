import { ActionIcon, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useKindRules } from '../../data/place-kinds.ts';
import type { PlaceNode } from '../../data/place-tree.ts';
import { Icon } from '../../shell/icons.tsx';
import type { PlaceAction } from './place-action.ts';
import { PlaceHealthMark, PlaceMissing } from './place-health.tsx';
import classes from './places-page.module.css';
import type { PlaceDrag } from './use-place-drag.ts';

interface PlaceRowProps {
  node: PlaceNode;
  /** Found by a search: shown with its path instead of its depth. */
  flat: boolean;
  isOpen: boolean;
  onToggle(): void;
  /** Undefined: nothing may be changed. */
  onAction: ((action: PlaceAction) => void) | undefined;
  drag: PlaceDrag;
}

const INDENT = 24;

/** One place of the tree, with how it is and what can be done to it. */
export const PlaceRow = ({ node, flat, isOpen, onToggle, onAction, drag }: PlaceRowProps) => {
  const { t } = useTranslation('places');
  const { nameOf } = useKindRules();
  const { place, children, depth } = node;
  return (
    <li className={classes.row} {...(onAction ? drag.of(node) : {})}>
      <span
        className={classes.name}
        style={{ paddingInlineStart: flat ? 0 : `calc(${depth} * var(--indent, ${INDENT}px))` }}
      >
        {children.length > 0 && !flat ? (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={isOpen}
            aria-label={t(isOpen ? 'close' : 'open', { name: place.name })}
            onClick={onToggle}
          >
            <Icon name="chevron" />
          </button>
        ) : flat ? null : (
          <span className={classes.toggle} />
        )}
        <span className={classes.words}>
          <Link
            to="/fleet"
            search={{ place: place.id }}
            className={classes.link}
            title={t('showDevices')}
            draggable={false}
          >
            {place.name}
          </Link>
          {flat && depth > 0 ? <span className={classes.kind}>{node.path.slice(0, -1).join(' / ')}</span> : null}
          <PlaceMissing health={place.health} />
        </span>
      </span>
      <span className={classes.kind}>{nameOf(place.kind)}</span>
      <PlaceHealthMark health={place.health} />
      {onAction ? (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={t('actions', { name: place.name })}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onAction({ kind: 'edit', place })}>{t('edit.do')}</Menu.Item>
            <Menu.Item onClick={() => onAction({ kind: 'move', place })}>{t('move.do')}</Menu.Item>
            <Menu.Item onClick={() => onAction({ kind: 'add', parentId: place.id })}>{t('addInside')}</Menu.Item>
            <Menu.Item color="critical" onClick={() => onAction({ kind: 'delete', place })}>
              {t('delete.do')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </li>
  );
};
