/**
 * Resilience policies, Dapr's {@code kind: Resiliency} files, applied inside the process: {@link
 * dev.resil.Engine} loads them, an {@link dev.resil.Endpoint} applies them to the calls of one
 * target.
 */
package dev.resil;
