import classes from './fields.module.css';

/** Short data on one line: names and values. Nothing where there are none. */
export const Fields = ({ fields }: { fields: readonly (readonly [name: string, value: string])[] }) =>
  fields.length === 0 ? null : (
    <dl className={classes.fields}>
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
