import classes from './brand.module.css';

const steps = [1, 7.5, 14];

/** The mark of Muster: a fleet, and the one that needs you. */
export const BrandMark = () => (
  <svg className={classes.mark} viewBox="0 0 20 20" aria-hidden="true">
    {steps.flatMap((y) => steps.map((x) => <rect key={`${x} ${y}`} x={x} y={y} width="5" height="5" rx="1" />))}
  </svg>
);

/** The mark with its name. */
export const Brand = () => (
  <span className={classes.brand}>
    <BrandMark />
    Muster
  </span>
);
