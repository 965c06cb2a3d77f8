import {
  type ActionIconProps,
  type ButtonProps,
  createTheme,
  type DrawerProps,
  type InputWrapperProps,
  localStorageColorSchemeManager,
  type MenuProps,
  type ModalProps,
  type PopoverProps,
  type SegmentedControlProps,
  type SelectProps,
  type TooltipProps,
  type VariantColorsResolver,
} from '@mantine/core';

/** Light, dark, or as the system says; `apps/web/public/theme.js` reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'muster-color-scheme' });

const none = '1px solid transparent';
const line = (colour: string) => `1px solid var(${colour})`;

/** Ink is for what is pressed first, `critical` for what destroys; everything else is a plain surface with a border. */
const variantColorResolver: VariantColorsResolver = ({ color, variant }) => {
  const critical = color === 'critical';
  const text = critical ? 'var(--critical)' : 'var(--text)';
  switch (variant) {
    case 'filled':
      return critical
        ? { background: 'var(--critical)', hover: 'var(--critical)', color: 'var(--on-critical)', border: none }
        : { background: 'var(--ink)', hover: 'var(--ink-hover)', color: 'var(--on-ink)', border: none };
    case 'light':
      return { background: 'var(--hover)', hover: 'var(--border)', color: text, border: none };
    case 'subtle':
    case 'transparent':
      return { background: 'transparent', hover: 'var(--hover)', color: text, border: none };
    default: {
      const border = line(critical ? '--critical' : '--border-strong');
      return { background: 'var(--surface)', hover: 'var(--hover)', color: text, border };
    }
  }
};

const overlays = { transitionProps: { duration: 100, transition: 'fade' } as const };
// Mantine's dialog header is a <header>, which would be a second banner of the page.
const headers = { attributes: { header: { role: 'none' } } };
const dialogs = {
  ...overlays,
  ...headers,
  overlayProps: { color: 'var(--backdrop)', backgroundOpacity: 1 },
  // its way of holding the page still writes a style sheet into it, which the content policy refuses; global.css does it instead
  lockScroll: false,
};

/** What a component is given when nothing else is said. Only its type is used: the theme brings no component along. */
const given = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

const isSmall = (size: unknown) => size === 'xs' || (typeof size === 'string' && size.startsWith('compact'));

/** Mantine in Muster's tokens: see tokens.css for the colours and mantine-tokens.css for sizes. */
export const theme = createTheme({
  primaryColor: 'dark',
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver,
  components: {
    Button: {
      ...given<ButtonProps>({ variant: 'default' }),
      vars: (_: unknown, { size }: ButtonProps) => ({
        root: {
          '--button-height': isSmall(size) ? 'var(--control-low)' : 'var(--control)',
          '--button-padding-x': isSmall(size) ? '10px' : '12px',
        },
      }),
    },
    ActionIcon: {
      ...given<ActionIconProps>({ variant: 'subtle' }),
      vars: () => ({ root: { '--ai-size': 'var(--control)' } }),
    },
    CloseButton: {
      vars: () => ({ root: { '--cb-size': 'var(--control-low)' } }),
    },
    Input: {
      vars: () => ({
        wrapper: {
          '--input-height': 'var(--control)',
          '--input-bg': 'var(--surface)',
        },
      }),
    },
    InputWrapper: given<InputWrapperProps>({
      inputWrapperOrder: ['label', 'input', 'error', 'description'],
      // A red star would say that something is wrong.
      withAsterisk: false,
    }),
    Menu: given<MenuProps>({ ...overlays, shadow: 'md', offset: 4, withInitialFocusPlaceholder: false }),
    Modal: given<ModalProps>({ ...dialogs, yOffset: '8vh', radius: 'md' }),
    Drawer: given<DrawerProps>({ ...dialogs, radius: 0 }),
    Popover: given<PopoverProps>({ ...overlays, shadow: 'md', offset: 4 }),
    SegmentedControl: given<SegmentedControlProps>({ transitionDuration: 0 }),
    Select: given<SelectProps>({ allowDeselect: false, comboboxProps: { ...overlays, shadow: 'md' } }),
    Tooltip: given<TooltipProps>({ color: 'var(--ink)', openDelay: 300, transitionProps: { duration: 0 } }),
  },
});
