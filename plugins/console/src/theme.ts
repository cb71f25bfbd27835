/** Mantine set up so that it needs no style element of its own (variables are in theme.css): the page runs under a strict CSP. */
import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

export const schemes = localStorageColorSchemeManager({ key: 'ringbook-scheme' });

export const theme = createTheme({
  primaryColor: 'teal',
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Tooltip: { defaultProps: { openDelay: 250, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    // Help under the field, so that fields in a row line up.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    TextInput: { defaultProps: { autoComplete: 'off' } },
    NumberInput: { defaultProps: { clampBehavior: 'blur' } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
  },
});
