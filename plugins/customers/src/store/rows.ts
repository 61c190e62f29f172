/** A row of `customer`. */
export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly language: string | null;
  readonly company_id: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** A row of `company`. */
export interface CompanyRow {
  readonly id: string;
  readonly name: string;
  readonly website: string | null;
}

/** A row of `contact_point`. */
export interface ContactPointRow {
  readonly id: string;
  readonly customer_id: string;
  readonly kind: 'EMAIL' | 'PHONE' | 'WECHAT' | 'WHATSAPP';
  readonly value: string;
  readonly is_primary: boolean;
}

/** A row of `note`. */
export interface NoteRow {
  readonly id: string;
  readonly customer_id: string;
  readonly author_id: string;
  readonly text: string;
  readonly created_at: Date;
}
