import { AwsError } from '../wire/aws-error.ts';
import type { StringConstraint } from './constraints.ts';

/**
 * Collects the constraint violations of a request. Like AWS, it reports all of them in one
 * ValidationException, with their number. Only `required` checks values that are absent.
 */
export class Violations {
  readonly #found: string[] = [];

  add(path: string, constraint: string, value?: string | number | null): void {
    const shown = value === undefined ? '' : value === null ? ' null' : ` '${value}'`;
    this.#found.push(`Value${shown} at '${path}' failed to satisfy constraint: ${constraint}`);
  }

  required(path: string, value: unknown): void {
    if (value === undefined) this.add(path, 'Member must not be null', null);
  }

  string(path: string, value: string | undefined, shape: StringConstraint): void {
    if (value === undefined) return;
    const shown = shape.sensitive ? undefined : value;
    this.#length(path, Array.from(value).length, shape, shown);
    if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
      this.add(path, `Member must satisfy regular expression pattern: ${shape.pattern}`, shown);
    }
  }

  list(path: string, value: readonly unknown[], range: { min: number; max: number }): void {
    this.#length(path, value.length, range);
  }

  range(path: string, value: number | undefined, { min, max }: { min: number; max: number }): void {
    if (value === undefined) return;
    if (value < min)
      this.add(path, `Member must have value greater than or equal to ${min}`, value);
    if (value > max) this.add(path, `Member must have value less than or equal to ${max}`, value);
  }

  enum<Value extends string>(
    path: string,
    value: string | undefined,
    values: readonly Value[],
  ): Value | undefined {
    const found = values.find((one) => one === value);
    if (value !== undefined && found === undefined) {
      this.add(path, `Member must satisfy enum value set: [${values.join(', ')}]`, value);
    }
    return found;
  }

  /** Throws one ValidationException if there are violations. */
  throwIfAny(): void {
    const count = this.#found.length;
    if (count > 0) {
      throw new AwsError(
        'ValidationException',
        `${count} validation error${count > 1 ? 's' : ''} detected: ${this.#found.join('; ')}`,
      );
    }
  }

  #length(
    path: string,
    length: number,
    { min, max }: { min: number; max: number },
    value?: string,
  ): void {
    if (length < min) {
      this.add(path, `Member must have length greater than or equal to ${min}`, value);
    }
    if (length > max) {
      this.add(path, `Member must have length less than or equal to ${max}`, value);
    }
  }
}
