/* Compiled by itself as C and as C++: nothing has to be included before the headers, twice is fine, and the macros are
 * constants where constants are needed. */
#include "resil.h"
#include "resil.h"
#include "resil_inline.h"
#include "resil_inline.h"

int resil_header_alone(int32_t outcome);

int resil_header_alone(int32_t outcome) {
    static const int64_t now = RESIL_NOW;
    switch (outcome) {
        case RESIL_SUCCESS:
        case RESIL_HTTP(503):
        case RESIL_GRPC(14): return now < 0 ? RESIL_ABI : 0;
        default: return (int)sizeof(resil_ticket);
    }
}
