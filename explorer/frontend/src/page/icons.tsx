// Line icons of one stroke, 24 x 24.

const PATHS = {
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11v1a7 7 0 0 0 14 0v-1M12 19v3",
  file: "M9 18V5l11-2v13M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM20 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
  tab: "M3 5h18v14H3zM3 9h18M8 5v4",
  play: "M7 4l13 8-13 8z",
  pause: "M8 4v16M16 4v16",
  stop: "M6 6h12v12H6z",
  record: "M12 12m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  meters: "M5 20V10M12 20V4M19 20v-7",
  train: "M3 17l5-6 4 4 9-11M21 4v6M21 4h-6",
  keys: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 15h8",
  close: "M5 5l14 14M19 5L5 19",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface ButtonProps {
  icon: IconName;
  label: string;
  shortcut?: string;
  pressed?: boolean;
  disabled?: boolean;
  className?: string;
  onClick: () => void;
}

/** A round button with an icon; its label is also its tooltip. */
export function IconButton({ icon, label, shortcut, pressed, disabled, className = "", onClick }: ButtonProps) {
  return (
    <button
      type="button"
      className={`round ${className}`}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      aria-keyshortcuts={shortcut}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
